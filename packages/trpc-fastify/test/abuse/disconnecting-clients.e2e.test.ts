import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disconnectAll, openConnections, readUntil } from './connections.ts';
import { ordinaryCalls } from './raw-request.ts';
import { leftOver, type ServerState } from './server-state.ts';
import { startServer, type WatchedServer } from './watched-server.ts';

const MB = 1_048_576;
const CLIENTS = 1_000;
const ROUNDS = 7;
const IN_A_ROUND = 250;
const STALLED = 50;
const SETTLE_TIMEOUT_MS = 180_000;

let server: WatchedServer;

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  expect(await server.close()).toBe(0);
});

interface StreamInput {
  bytes?: number;
  everyMs?: number;
}

/** The request for each kind of stream. */
const streams: Record<string, (input: StreamInput) => string> = {
  SSE: (input) => get(`/trpc/watch?input=${encoded(input)}`, 'accept: text/event-stream'),
  JSONL: (input) => get(`/trpc/endless?batch=1&input=${encoded({ 0: input })}`, 'trpc-accept: application/jsonl'),
  NDJSON: (input) => get(`/endless?${new URLSearchParams(Object.entries(input))}`),
};
const kinds = Object.keys(streams);

function get(path: string, header = 'x-a: b'): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${header}\r\n\r\n`;
}

function encoded(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value));
}

/** Half of them produce all the time, and half wait for their signal. */
const everyOther = (kind: string) => (index: number) => streams[kind]?.(index % 2 === 0 ? { everyMs: 300 } : {}) ?? '';

/** Waits until `opened` more streams, or calls that wait, than before were aborted and have ended, and nothing is left. */
async function expectNothingLeft(before: ServerState, opened?: number): Promise<ServerState> {
  const seen = (state: ServerState) => ({
    opened: state.opened - before.opened,
    ended: state.ended - before.ended,
    aborted: state.aborted - before.aborted,
    connections: state.connections,
    left: leftOver(before, state),
    failures: state.failures,
  });
  const wanted = (state: ServerState) => {
    const all = opened ?? state.opened - before.opened;
    return { opened: all, ended: all, aborted: all, connections: 0, left: {}, failures: {} };
  };
  const after = await server.when((state) => isDeepStrictEqual(seen(state), wanted(state)), SETTLE_TIMEOUT_MS);
  expect(seen(after)).toEqual(wanted(after));
  return after;
}

/** Opens streams, reads the first item of each, disconnects, and waits until the server has cleaned up. */
async function openAndDisconnect(
  before: ServerState,
  count: number,
  bytes: (index: number) => string,
): Promise<ServerState> {
  const connections = await openConnections(server.port, count, bytes);
  await readUntil(connections, 'padding');
  disconnectAll(connections);
  return expectNothingLeft(before, count);
}

describe('clients that disconnect', () => {
  it.each(kinds)('1,000 in the middle of %s: every generator ends, every signal fires, nothing stays', async (kind) => {
    await openAndDisconnect(await server.mark(), 20, everyOther(kind));
    const before = await server.mark();
    const after = await openAndDisconnect(before, CLIENTS, everyOther(kind));
    expect(after.peakRss - before.rss).toBeLessThan((CLIENTS * MB) / 2);
    expect(after.live - before.live).toBeLessThan(8 * MB);
  });

  it.each([
    ['the wire', '/trpc/wait'],
    ['a batch of the wire', '/trpc/wait,wait?batch=1'],
    ['REST', '/wait'],
  ])('1,000 that wait for an answer of %s: every signal fires, nothing stays', async (_name, path) => {
    const before = await server.mark();
    const calls = path.includes(',') ? 2 : 1;
    const connections = await openConnections(server.port, CLIENTS, () => get(path));
    await server.when(({ opened }) => opened === before.opened + CLIENTS * calls);
    disconnectAll(connections);
    await expectNothingLeft(before, CLIENTS * calls);
  });

  it.each(kinds)('before the head of %s is sent: nothing stays', async (kind) => {
    const before = await server.mark();
    disconnectAll(await openConnections(server.port, IN_A_ROUND, everyOther(kind)));
    // Accepted after all of them.
    expect((await ordinaryCalls(server.port, ['/notes/1'], 1)).statuses).toEqual({ 200: 1 });
    await expectNothingLeft(before);
  });
});

describe('clients that never read', () => {
  it.each(kinds)('50 of %s: what is produced stands still, and ends when they go', async (kind) => {
    const before = await server.mark();
    const bytes = 65_536;
    const connections = await openConnections(server.port, STALLED, () => streams[kind]?.({ bytes, everyMs: 0 }) ?? '');
    for (const { socket } of connections) socket.pause();
    const { yielded } = await standstill();
    const ordinary = await ordinaryCalls(
      server.port,
      Array.from({ length: 50 }, () => '/notes/1'),
      4,
    );
    const later = await server.state();
    expect(later).toMatchObject({ yielded, connections: STALLED });
    expect(later.live - before.live).toBeLessThan(STALLED * MB);
    expect(ordinary.statuses).toEqual({ 200: 50 });
    disconnectAll(connections);
    await expectNothingLeft(before, STALLED);
  });
});

/** The state once no item has been produced for half a second. */
async function standstill(): Promise<ServerState> {
  let last = await server.look();
  for (let still = 0, tries = 0; still < 5 && tries < 300; tries++) {
    await sleep(100);
    const next = await server.look();
    still = next.yielded === last.yielded && next.yielded > 0 ? still + 1 : 0;
    last = next;
  }
  return last;
}

describe('clients that disconnect again and again', () => {
  it.each(kinds)('leave no more behind of %s in the last rounds than in the first', async (kind) => {
    const live: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      live.push((await openAndDisconnect(await server.look(), IN_A_ROUND, everyOther(kind))).live);
    }
    // Of each of the 750 clients between the two, less than 350 bytes.
    const [early, late] = [live.slice(2, 4), live.slice(-2)].map((rounds) => Math.min(...rounds));
    expect(Number(late) - Number(early)).toBeLessThan(IN_A_ROUND * 1_000);
  });
});
