import { afterAll } from 'vitest';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { bootApp } from '../../../harness/boot.ts';
import type { Headers } from '../../../harness/transports.ts';
import { comesToHold, getRequest, sendUnread } from '../../../harness/unread-connection.ts';
import { proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';
import { givenLongPrompts } from './long-prompts.ts';

const PROMPTS = 60;

const server = await bootApp({
  app: { connections: { ...defaultConnectionBounds, slowestReader: { bytes: 262_144, seconds: 8 } } },
});
afterAll(() => server.close());
const headers = await givenLongPrompts(server, PROMPTS);
const url = await server.url();

let queries = 0;
server.pool.on('acquire', () => {
  queries += 1;
});
const heldConnections = (): number => server.database.pool.totalCount - server.database.pool.idleCount;

const exports: ReadonlyArray<readonly [what: string, path: string, headers: Headers]> = [
  ['lines', '/prompts/export', {}],
  ['CSV', '/prompts/export', { accept: 'text/csv' }],
  [
    'tRPC',
    `/trpc/transfer.export?batch=1&input=${encodeURIComponent('{"0":{}}')}`,
    { 'trpc-accept': 'application/jsonl' },
  ],
];

/** Waits until there were more queries than `least` and no further one for a while; how many there were. */
async function queriesAtRest(least = -1): Promise<number> {
  let before = -1;
  await comesToHold(async () => {
    before = queries;
    await new Promise((resolve) => setTimeout(resolve, 600));
    return before === queries && queries > least;
  });
  return queries;
}

proves(
  'F2',
  'an export stops reading from the database while its reader waits, and goes on from there',
  async (proof) => {
    proof.atLeast(9);
    for (const [what, path, more] of exports) {
      const before = await queriesAtRest();
      const whole = await sendUnread(url, [getRequest(path, { ...headers, ...more, connection: 'close' })], 'reads on');
      await comesToHold(() => whole.isClosed());
      const needed = (await queriesAtRest()) - before;
      const stalled = await sendUnread(
        url,
        [getRequest(path, { ...headers, ...more, connection: 'close' })],
        'takes nothing',
      );
      const made = (await queriesAtRest(before + needed)) - before - needed;
      proof.works(made > 0 && made < needed * 0.6, () => `${what}: ${made} of ${needed} queries were made for nobody`);
      const isFree = await comesToHold(() => heldConnections() === 0);
      proof.check(isFree, () => `${what}: a connection of the pool is held`);
      const text = await stalled.readOn();
      const same = Math.abs(text.length - whole.taken()) < 1_000;
      proof.works(same, () => `${what}: ${text.length} of ${whole.taken()} bytes came after the pause`);
    }
  },
);

proves('F2', 'an export that nobody reads ends, and asks nothing of the database any more', async (proof) => {
  const { slow } = await connectionCounts(server);
  const stalled = await Promise.all(
    proof.sample([...exports, ...exports, ...exports], 6).map(([, path, more]) => {
      proof.case();
      return sendUnread(url, [getRequest(path, { ...headers, ...more })], 'takes nothing');
    }),
  );
  const isCut = await comesToHold(async () => (await connectionCounts(server)).slow - slow === stalled.length);
  proof.works(isCut, () => 'not all of them were cut');
  const rest = await queriesAtRest();
  // Longer than the time between two looks at whether a caller of a stream is still let in.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  proof.check(queries === rest, () => 'queries were made after the end');
  proof.check(await comesToHold(() => heldConnections() === 0), () => 'a connection of the pool is held');
  const empty = await comesToHold(async () => (await connectionCounts(server)).unreadBytes === 0);
  proof.check(empty, () => 'something waits still');
  for (const connection of stalled) connection.close();
});
