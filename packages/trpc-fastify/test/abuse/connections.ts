import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Opened at a time: less than the queue of connections that a server keeps. */
const WAVE = 250;

/** One connection of many, and what came over it so far (the first 10,000 characters). */
export interface Connection {
  socket: net.Socket;
  text: string;
  closed: boolean;
}

function connect(port: number): Connection {
  const socket = net.connect({ port, host: '127.0.0.1' });
  const connection: Connection = { socket, text: '', closed: false };
  socket.on('error', () => undefined);
  socket.once('close', () => {
    connection.closed = true;
  });
  return connection;
}

/** Opens `count` connections; `bytes(index)` is what each sends first. */
export async function openConnections(
  port: number,
  count: number,
  bytes: (index: number) => string,
): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const size = Math.min(WAVE, count - connections.length);
    const wave = Array.from({ length: size }, () => connect(port));
    await Promise.all(wave.map(({ socket }) => once(socket, 'connect')));
    for (const [offset, { socket }] of wave.entries()) socket.write(bytes(connections.length + offset));
    connections.push(...wave);
  }
  return connections;
}

/** Reads on every connection until `text` has come or it is closed. */
export async function readUntil(connections: readonly Connection[], text: string): Promise<void> {
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const { socket } = connection;
          if (connection.closed) resolve();
          socket.setEncoding('latin1');
          socket.on('data', (data: string) => {
            if (connection.text.length < 10_000) connection.text += data;
            if (connection.text.includes(text)) resolve();
          });
          socket.once('close', () => resolve());
        }),
    ),
  );
}

/** Writes `piece` on every open connection each `everyMs`, until none is open or `stop` is aborted. */
export async function writeRepeatedly(
  connections: readonly Connection[],
  piece: (index: number) => string,
  everyMs: number,
  stop: AbortSignal,
) {
  while (!stop.aborted && connections.some(({ closed }) => !closed)) {
    for (const [index, { socket, closed }] of connections.entries())
      if (!closed && socket.writable) socket.write(piece(index));
    await sleep(everyMs);
  }
}

/** Closed with what was not read in it, reset, and closed on one side. */
const WAYS: ((socket: net.Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
];

/** Ends every connection in the middle, in each way by turns; the last way ends none that does not read. */
export function disconnectAll(connections: readonly Connection[]): void {
  for (const [index, { socket }] of connections.entries()) WAYS[index % (socket.isPaused() ? 2 : 3)]?.(socket);
}
