import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { announcesBody, gatherPieces } from './gathered-pieces.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Received {
  /** What had come each time that a piece did. */
  counted: number[];
  text: string;
  pieces: number;
  tooSmall: number;
}

/** Sends a body in chunks, and answers what a server read of it. */
async function receive(chunks: readonly string[], { readAfterMs = 0, mostBytes = Infinity } = {}): Promise<Received> {
  const received: Received = { counted: [], text: '', pieces: 0, tooSmall: 0 };
  const { promise, resolve } = Promise.withResolvers<Received>();
  const read = async (req: IncomingMessage): Promise<void> => {
    await sleep(readAfterMs);
    for await (const piece of req) {
      received.text += String(piece);
      received.pieces += 1;
    }
    resolve(received);
  };
  const server = createServer((req) => {
    const gathered = gatherPieces(req, {
      onPiece() {
        received.counted.push(gathered.bytes);
        if (gathered.bytes <= mostBytes) return;
        gathered.drop();
        setImmediate(() => req.socket.destroy());
      },
      onWhole: () => undefined,
      onTooSmall() {
        received.tooSmall += 1;
        req.socket.destroy();
        resolve(received);
      },
    });
    read(req).catch(() => resolve(received));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (const chunk of [...chunks, '']) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  const answer = await promise;
  socket.destroy();
  return answer;
}

/** Chunks of `size` characters that can be told apart. */
const chunksOf = (size: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index % 10).repeat(size));

describe('the pieces of a body', () => {
  it('are handed on whole and in their order, whatever their sizes', async () => {
    const mixed = [...chunksOf(40, 2_000), ...chunksOf(9_000, 3), ...chunksOf(17, 500), ...chunksOf(60_000, 2)];
    const { text, pieces, tooSmall } = await receive(mixed);
    expect(text === mixed.join('')).toBe(true);
    expect(tooSmall).toBe(0);
    expect(pieces).toBeLessThan(200);
  });

  it('are handed on as they come where they are few and small', async () => {
    const few = chunksOf(3, 20);
    expect(await receive(few)).toMatchObject({ text: few.join(''), tooSmall: 0 });
  });

  it('wait for a late reader, who gets all of them', async () => {
    const many = chunksOf(100, 5_000);
    const { text } = await receive(many, { readAfterMs: 100 });
    expect(text === many.join('')).toBe(true);
  });

  it('are counted as they come, and no more of them is kept once they are dropped', async () => {
    const { counted, text } = await receive(chunksOf(1_000, 100), { mostBytes: 10_000 });
    expect([counted.slice(0, 2), counted.at(-1)]).toEqual([[1_000, 2_000], 11_000]);
    expect(text.length).toBeLessThanOrEqual(10_000);
  });

  it('end their connection, once, where there are too many that are too small', async () => {
    const { text, tooSmall } = await receive(chunksOf(1, 50_000));
    expect(tooSmall).toBe(1);
    expect(text.length).toBeLessThan(2_000);
  });
});

it('says which requests have a body', () => {
  expect(announcesBody({})).toBe(false);
  expect(announcesBody({ 'content-length': '0' })).toBe(false);
  expect(announcesBody({ 'content-length': '1' })).toBe(true);
  expect(announcesBody({ 'transfer-encoding': 'chunked' })).toBe(true);
});

it('reads on once what was full is read, where the piece that filled it was a small one', async () => {
  const req = new IncomingMessage(new Socket());
  const asked = vi.spyOn(req, '_read').mockReturnValue(undefined);
  gatherPieces(req, { onPiece: () => undefined, onWhole: () => undefined, onTooSmall: () => undefined });
  for (let pieces = 0; pieces < 100; pieces += 1) req.push(Buffer.alloc(10));
  req.push(Buffer.alloc(60_000));
  // It has asked for more of itself by now, and waits for that.
  await new Promise(setImmediate);
  expect(req.push(Buffer.alloc(8_000))).toBe(false);
  asked.mockClear();
  expect(req.read()).toHaveLength(1_000 + 60_000 + 8_000);
  expect(asked).toHaveBeenCalled();
});
