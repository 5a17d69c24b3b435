import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@promptory/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerProcess } from '../harness/run-server.ts';
import { KillableSite } from './killable-site.ts';
import { Acknowledged, Writer } from './writer.ts';

const ROUNDS = 5;
const WRITERS = 4;
const WRITES_A_ROUND = 60;
const WRITES_TIMEOUT_MS = 120_000;

let site: KillableSite;
beforeAll(async () => {
  site = await KillableSite.open();
});
afterAll(() => site?.close());

it('keeps whole, and loses nothing of, what it acknowledged before server and database were killed', async () => {
  const acknowledged = new Acknowledged();
  let server = await site.startServer();
  const { url } = server;
  const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index}`);
  const writers = await Promise.all(names.map((name) => Writer.register(url, name, acknowledged)));
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = acknowledged.count;
    const { url: at } = server;
    const writing = Promise.all(writers.map((writer) => writer.write(at)));
    await Promise.race([writing, whileFewer(before + WRITES_A_ROUND, acknowledged)]);
    await sleep(round * 17);
    await killBoth(server, round);
    await writing;

    await site.reopenDatabase();
    server = await site.startServer();
    await expectWhole(acknowledged);
    process.stdout.write(`round ${round + 1}: ${acknowledged.count - before} writes acknowledged, all there\n`);
  }
  const { unanswered } = acknowledged;
  expect(unanswered).toBeLessThanOrEqual(WRITERS * ROUNDS);
  process.stdout.write(
    `${acknowledged.count} acknowledged writes in ${ROUNDS} rounds, none lost; ${unanswered} cut off\n`,
  );
}, 600_000);

async function whileFewer(writes: number, acknowledged: Acknowledged): Promise<void> {
  const deadline = performance.now() + WRITES_TIMEOUT_MS;
  while (acknowledged.count < writes) {
    if (performance.now() > deadline) throw new Error(`Only ${acknowledged.count} of ${writes} writes came through.`);
    await sleep(5);
  }
}

/** Server or database first, at once or one some milliseconds after the other. */
async function killBoth(running: ServerProcess, round: number): Promise<void> {
  const kills = [() => site.killDatabase(), () => running.kill()];
  if (round % 2 === 1) kills.reverse();
  for (const kill of kills) {
    await kill();
    await sleep(round * 10);
  }
}

async function expectWhole(acknowledged: Acknowledged): Promise<void> {
  const connection = connect({ connectionString: site.connectionString, max: 1 });
  const { db } = connection;
  try {
    const versions = await db
      .selectFrom('prompt_versions')
      .select(['prompt_id', 'version', 'content'])
      .orderBy('prompt_id')
      .orderBy('version')
      .execute();
    const prompts = await db.selectFrom('prompts').select(['id', 'version', 'content']).execute();
    const entries = await db
      .selectFrom('group_prompts')
      .select(['group_id', 'prompt_id', 'position'])
      .orderBy('group_id')
      .orderBy('position')
      .execute();
    const audited = await db
      .selectFrom('audit_log')
      .select(['action', 'target_id'])
      .where('action', 'in', ['prompt.created', 'prompt.updated', 'group.prompt_added'])
      .execute();

    const stored = new Map(versions.map(({ prompt_id, version, content }) => [`${prompt_id} ${version}`, content]));
    const lost = [...acknowledged.versions].filter(([key, content]) => stored.get(key) !== content);
    expect(lost).toEqual([]);
    const storedEntries = new Set(entries.map(({ group_id, prompt_id }) => `${group_id} ${prompt_id}`));
    expect([...acknowledged.entries].filter((key) => !storedEntries.has(key))).toEqual([]);
    // Whatever else is there was cut off between being done and being answered, and is nothing done twice.
    const unknown = stored.size + storedEntries.size - acknowledged.count;
    expect(unknown).toBeLessThanOrEqual(acknowledged.unanswered);

    const byPrompt = Map.groupBy(versions, ({ prompt_id }) => prompt_id);
    expect(byPrompt.size).toBe(prompts.length);
    for (const { id, version, content } of prompts) {
      const own = byPrompt.get(id) ?? [];
      expect(own.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      expect(own.at(-1)?.content).toBe(content);
    }
    for (const own of Map.groupBy(entries, ({ group_id }) => group_id).values()) {
      expect(own.map(({ position }) => position)).toEqual(own.map((_, index) => index));
    }
    // An operation and its audit entry are one transaction.
    const audits = Map.groupBy(audited, ({ target_id }) => target_id);
    for (const [id, own] of byPrompt) expect(audits.get(id)).toHaveLength(own.length);
    expect(audited.filter(({ action }) => action === 'group.prompt_added')).toHaveLength(entries.length);
  } finally {
    await connection.close();
  }
}
