import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connection, openConnections, readUntil, writeRepeatedly } from './connections.ts';
import { ordinaryCalls } from './raw-request.ts';
import { leftOver } from './server-state.ts';
import { startServer, type WatchedServer } from './watched-server.ts';

const EACH = 200;
const MB = 1_048_576;
/** The product's limits in the same proportions, a tenth as long. */
const SHORT = { headersTimeout: 1_000, requestTimeout: 3_000, handlerTimeout: 1_500, checkEvery: 100 };
/** From the last limit to the last connection gone, on a busy machine. */
const GRACE_MS = 30_000;
const CALLS = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? '/notes/1' : '/trpc/ping'));

let server: WatchedServer;

beforeEach(async () => {
  server = await startServer(SHORT);
});

afterEach(async () => {
  expect(await server.close()).toBe(0);
});

const post = (path: string, type: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\n`;
const announced = 'content-length: 1000\r\n\r\n';
const chunked = 'transfer-encoding: chunked\r\n\r\n';

type Slow = [name: string, first: string, piece: string];

const heads: Slow[] = [
  ['send nothing at all', '', ''],
  ['send a request line slowly', 'GET /notes/', 'a'],
  ['send headers slowly', 'GET /notes/1 HTTP/1.1\r\nhost: a\r\n', 'x-a: b\r\n'],
];
const bodies: Slow[] = [
  ['send JSON to the wire slowly', `${post('/trpc/create', 'application/json')}${announced}{"title":"`, 'a'],
  ['send JSON to a batch slowly', `${post('/trpc/create,create?batch=1', 'application/json')}${announced}{"0":"`, 'a'],
  ['send chunks to the wire slowly', `${post('/trpc/create', 'application/json')}${chunked}`, '1\r\na\r\n'],
  ['send a form slowly', `${post('/trpc/form', 'multipart/form-data; boundary=b')}${announced}--b\r\n`, 'a'],
  ['send bytes to the wire slowly', `${post('/trpc/upload', 'application/octet-stream')}${chunked}`, '1\r\na\r\n'],
  ['send JSON to REST slowly', `${post('/notes', 'application/json')}${announced}{"title":"`, 'a'],
  ['send an import slowly', `${post('/import', 'text/csv')}${chunked}`, '1\r\na\r\n'],
  ['send an import that answers in a stream slowly', `${post('/import-rows', 'text/csv')}${announced}`, 'a'],
];

/** The statuses that the connections were given; empty for those that were cut. */
const statusesOf = (connections: readonly Connection[]) => [
  ...new Set(connections.map(({ text }) => text.slice(9, 12))),
];

async function attackSlowly(kinds: readonly Slow[], limitMs: number) {
  const before = await server.mark();
  const groups = await Promise.all(kinds.map(([, first]) => openConnections(server.port, EACH, () => first)));
  for (const connections of groups) void readUntil(connections, 'never sent');
  const stop = AbortSignal.timeout(limitMs + GRACE_MS);
  const writing = kinds.map(([, , piece], kind) => writeRepeatedly(groups[kind] ?? [], () => piece, 250, stop));
  const meanwhile = await ordinaryCalls(server.port, CALLS, 4);
  await Promise.all(writing);
  const after = await server.when(({ connections }) => connections === 0);
  return { before, after, meanwhile, answers: groups.map(statusesOf) };
}

describe('clients that are slow on purpose, 200 of each kind', () => {
  it.each([
    ['with their headers', heads, SHORT.headersTimeout],
    ['with their bodies', bodies, SHORT.requestTimeout],
  ])('%s: hold nobody up, are cut off in time, and leave nothing', async (_name, kinds, limitMs) => {
    const { before, after, meanwhile, answers } = await attackSlowly(kinds, limitMs);
    expect(after.peakConnections).toBeGreaterThan(EACH);
    expect(meanwhile.statuses).toEqual({ 200: CALLS.length });
    expect(after).toMatchObject({ connections: 0, failures: {} });
    expect(leftOver(before, after)).toEqual({});
    for (const [kind, statuses] of answers.entries()) {
      expect(
        statuses.filter((status) => status !== '408' && status !== ''),
        kinds[kind]?.[0],
      ).toEqual([]);
    }
    expect(after.live - before.live).toBeLessThan(4 * MB);
  });
});
