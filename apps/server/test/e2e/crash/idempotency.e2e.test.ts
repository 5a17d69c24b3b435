import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KillableSite } from '../../failure/harness/killable-site.ts';
import { NoAnswer, send } from '../harness/send.ts';

const ROUNDS = 3;
const CALLS_A_ROUND = 40;
const DONE_BEFORE_THE_KILL = 5;

let site: KillableSite;
beforeAll(async () => {
  site = await KillableSite.open();
});
afterAll(async () => {
  await site?.close();
});

const madeIds = async (titles: readonly string[]): Promise<Map<string, string[]>> => {
  const rows = await site.connection.db
    .selectFrom('prompts')
    .select(['id', 'title'])
    .where('title', 'in', titles)
    .execute();
  const byTitle = Map.groupBy(rows, ({ title }) => title);
  return new Map(titles.map((title) => [title, (byTitle.get(title) ?? []).map(({ id }) => id)]));
};

async function untilMade(titles: readonly string[], count: number): Promise<void> {
  for (;;) {
    const made = [...(await madeIds(titles)).values()].filter((ids) => ids.length > 0);
    if (made.length >= count) return;
  }
}

it('has done each call once, whenever the server was killed, when all are sent again under their keys', async () => {
  let server = await site.startServer();
  const account = { email: 'retry@example.org', name: 'Retry', password: 'a lantern in the third field' };
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const keys = new Map(
      Array.from({ length: CALLS_A_ROUND }, (_, index) => [`Round ${round}, call ${index}`, randomUUID()]),
    );
    const titles = [...keys.keys()];
    const create = (title: string): Promise<{ id: string } | null> =>
      send<{ id: string }>(
        server.url,
        'POST',
        '/prompts',
        { title, content: 'Say it' },
        { authorization: `Bearer ${accessToken}`, 'idempotency-key': keys.get(title) ?? '' },
      ).catch((error: unknown) => {
        if (error instanceof NoAnswer) return null;
        throw error;
      });

    const sending = Promise.all(titles.map(create));
    await untilMade(titles, DONE_BEFORE_THE_KILL);
    await server.kill();
    const first = await sending;
    const done = await madeIds(titles);
    cutOff += titles.filter((title, index) => done.get(title)?.length === 1 && first[index] === null).length;

    server = await site.startServer();
    const second = await Promise.all(titles.map(create));
    const made = await madeIds(titles);
    for (const [index, title] of titles.entries()) {
      expect(made.get(title)).toEqual([second[index]?.id]);
      const answered = first[index]?.id ?? done.get(title)?.[0];
      if (answered !== undefined) expect(second[index]?.id).toBe(answered);
    }
  }
  process.stdout.write(`${ROUNDS * CALLS_A_ROUND} calls in ${ROUNDS} rounds; ${cutOff} done and not answered\n`);
}, 600_000);
