import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Opened at a time: less than the queue of connections that a server keeps. */
const WAVE = 250;

/** One connection of many, and what came over it so far (the first 10,000 characters). */
export interface Member {
  socket: net.Socket;
  text: string;
  closed: boolean;
}

function join(port: number): Member {
  const socket = net.connect({ port, host: '127.0.0.1' });
  const member: Member = { socket, text: '', closed: false };
  socket.on('error', () => undefined);
  socket.once('close', () => {
    member.closed = true;
  });
  return member;
}

/** Opens `count` connections; `bytes(index)` is what each sends first. */
export async function gather(port: number, count: number, bytes: (index: number) => string): Promise<Member[]> {
  const crowd: Member[] = [];
  while (crowd.length < count) {
    const size = Math.min(WAVE, count - crowd.length);
    const wave = Array.from({ length: size }, () => join(port));
    await Promise.all(wave.map(({ socket }) => once(socket, 'connect')));
    for (const [offset, { socket }] of wave.entries()) socket.write(bytes(crowd.length + offset));
    crowd.push(...wave);
  }
  return crowd;
}

/** Reads on every connection until `word` has come or it is closed. */
export async function hear(crowd: readonly Member[], word: string): Promise<void> {
  await Promise.all(
    crowd.map(
      (member) =>
        new Promise<void>((resolve) => {
          const { socket } = member;
          if (member.closed) resolve();
          socket.setEncoding('latin1');
          socket.on('data', (data: string) => {
            if (member.text.length < 10_000) member.text += data;
            if (member.text.includes(word)) resolve();
          });
          socket.once('close', () => resolve());
        }),
    ),
  );
}

/** Writes `piece` on every open connection each `everyMs`, until none is open or `stop` is aborted. */
export async function drip(
  crowd: readonly Member[],
  piece: (index: number) => string,
  everyMs: number,
  stop: AbortSignal,
) {
  while (!stop.aborted && crowd.some(({ closed }) => !closed)) {
    for (const [index, { socket, closed }] of crowd.entries())
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

/** Ends every connection without a farewell, in each way by turns; the last is no end for one that does not read. */
export function vanish(crowd: readonly Member[]): void {
  for (const [index, { socket }] of crowd.entries()) WAYS[index % (socket.isPaused() ? 2 : 3)]?.(socket);
}
