import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Headers } from './transports.ts';

/** How a client treats what it asked for. */
export const manners = ['takes nothing', 'takes a byte a second', 'has closed its own side', 'reads on'] as const;
export type Manner = (typeof manners)[number];

/** A connection on which requests were sent at once, without waiting for answers. */
export interface UnreadConnection {
  /** Bytes that the client took. */
  taken(): number;
  /** Whether the server has ended it. */
  isClosed(): boolean;
  /** From now on it reads all there is, until the server ends it, as it was asked to; the text. */
  readOn(): Promise<string>;
  close(): void;
}

/** What is sent for a GET. */
export const getRequest = (path: string, headers: Headers = {}): string =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
    .join('\r\n')
    .concat('\r\n\r\n');

let opened = 0;

/** Opens a connection of the attack's own, and sends `requests` on it. @param url with `https:` for TLS */
export async function sendUnread(url: string, requests: readonly string[], manner: Manner): Promise<UnreadConnection> {
  const { protocol, port } = new URL(url);
  const isTls = protocol === 'https:';
  const to = { port: Number(port), host: '127.0.0.1', allowHalfOpen: true };
  const socket: Socket = isTls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
  let closed = false;
  let taken = 0;
  let text = '';
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      closed = true;
    });
  }
  socket.on('error', () => undefined);
  await once(socket, isTls ? 'secureConnect' : 'connect');
  if (manner === 'reads on') {
    socket.on('data', (chunk: Buffer) => {
      taken += chunk.byteLength;
    });
  } else if (manner === 'takes a byte a second') {
    const timers: NodeJS.Timeout[] = [];
    const take = (): void => {
      taken += (socket.read(1) as Buffer | null)?.byteLength ?? 0;
    };
    // Each at another moment of the second: many at once would keep this process busy, which may be the server's too.
    opened += 1;
    timers.push(setTimeout(() => timers.push(setInterval(take, 1_000)), (opened * 37) % 1_000));
    socket.once('close', () => timers.forEach(clearInterval));
  }
  socket.write(requests.join(''));
  // TLS has no half of its own to close: the end of it ends both.
  if (manner === 'has closed its own side' && !isTls) socket.end();
  return {
    taken: () => taken,
    isClosed: () => closed,
    close: () => void socket.destroy(),
    async readOn() {
      socket.on('data', (chunk: Buffer) => {
        taken += chunk.byteLength;
        text += chunk.toString('latin1');
      });
      await comesToHold(() => closed);
      return text;
    },
  };
}

/** Long enough for a machine that is busy: it only ends what hangs. */
const TIMEOUT_MS = 120_000;

/** Whether it comes to hold. */
export async function comesToHold(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (await holds()) return true;
    await sleep(50);
  }
  return holds();
}
