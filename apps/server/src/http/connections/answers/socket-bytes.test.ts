import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { takenBytes, tcpSocketOf, unreadBytes } from './socket-bytes.ts';

const WRITTEN = 32 * 1_048_576;

/** Both ends of a connection, closed after the test. */
async function connected(): Promise<{ client: Socket; socket: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { client, socket };
}

it('sees within one large write how much of it is taken', async () => {
  const { client, socket } = await connected();
  expect([unreadBytes(socket), takenBytes(socket), tcpSocketOf(socket) === socket]).toEqual([0, 0, true]);
  socket.write(Buffer.alloc(WRITTEN));
  expect(unreadBytes(socket)).toBe(WRITTEN);
  await expect.poll(() => takenBytes(socket)).toBeGreaterThan(0);
  const before = takenBytes(socket);
  expect(before).toBeLessThan(WRITTEN);
  let read = 0;
  let resumed = false;
  client.on('data', (chunk: Buffer) => {
    read += chunk.byteLength;
    if (read > WRITTEN / 2 && !resumed) client.pause();
  });
  await expect.poll(() => takenBytes(socket)).toBeGreaterThan(WRITTEN / 2);
  expect([socket.writableLength, takenBytes(socket) < WRITTEN]).toEqual([WRITTEN, true]);
  resumed = true;
  client.resume();
  await expect.poll(() => takenBytes(socket)).toBe(WRITTEN);
  await expect.poll(() => unreadBytes(socket)).toBe(0);
});

it('counts a text that waits in bytes', async () => {
  const { socket } = await connected();
  socket.write('漢'.repeat(WRITTEN / 4));
  expect(socket.writableLength).toBe(WRITTEN / 4);
  expect(unreadBytes(socket) + takenBytes(socket)).toBe((WRITTEN / 4) * 3);
});
