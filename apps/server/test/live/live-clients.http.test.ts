import { givenPerson } from '@promptory/api/testing';
import { createPromptory, type Promptory } from '@promptory/client';
import { cutFeeds } from '@promptory/db/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { callProcedure } from '../harness/transports.ts';

// Clients of two servers on one database, whose prompts follow what is changed through the first. How soon, `pnpm bench live` measures.

const first = await givenApp({ remembers: true });
const second = await givenApp({ remembers: true, beside: first });
const MOVES = 6;
const CLIENTS = 6;

/** Which version a client has now, without asking for it. */
const versionOf = async (client: Promptory) => (await client.prompt('live').get()).version;

describe('the prompts of clients', () => {
  it('follow a label on every server, also where the feed of changes is cut meanwhile', async () => {
    const ann = await givenPerson(first.services);
    const headers = await first.as.person(ann);
    const call = async (procedure: string, input: Record<string, unknown>) =>
      (await callProcedure(first, 'tRPC', procedure, input, headers)).result as { id: string };
    const { id } = await call('prompts.create', { title: 'Live', slug: 'live', content: 'Version 1' });
    await call('prompts.update', { id, content: 'Version 2' });
    await call('labels.move', { id, label: 'production', version: 1 });
    const key = (await first.as.key(ann))['x-api-key'];
    const urls = [await first.url(), await second.url()];
    const events: string[] = [];
    const clients = Array.from({ length: CLIENTS }, (_, at) =>
      createPromptory({
        url: urls[at % 2] ?? '',
        apiKey: key,
        prompts: { live: true, freshMs: 3_600_000, onEvent: ({ type }) => events.push(type) },
      }),
    );
    onTestFinished(() => {
      for (const client of clients) client.$close();
    });
    for (const client of clients) expect(await versionOf(client)).toBe(1);
    const count = (type: string) => events.filter((each) => each === type).length;
    await vi.waitFor(() => expect(count('live')).toBe(CLIENTS), { timeout: 60_000, interval: 5 });
    for (let move = 0; move < MOVES; move += 1) {
      if (move === MOVES / 2) {
        await cutFeeds(first.pool);
      }
      const version = 2 - (move % 2);
      await call('labels.move', { id, label: 'production', version });
      for (const client of clients) {
        await vi.waitFor(async () => expect(await versionOf(client)).toBe(version), { timeout: 60_000, interval: 5 });
      }
    }
    expect([count('revalidated') >= MOVES * CLIENTS, count('stale'), count('miss')]).toEqual([true, 0, CLIENTS]);
    await call('labels.remove', { id, label: 'production' });
    await vi.waitFor(() => expect(count('removed')).toBe(CLIENTS), { timeout: 60_000, interval: 5 });
  });
});
