import { connect, type Socket } from 'node:net';
import { getRequest } from '../../../harness/unread-connection.ts';

/** How an attack holds connections, of which each is opened again as soon as it is ended. */
export const holdings = [
  'says nothing',
  'sends a head and no more',
  'sends half a head',
  'sends a body a byte at a time',
  'asks beyond its limit',
  'asks for health without end',
  'asks for an upgrade',
] as const;
export type Holding = (typeof holdings)[number];

const post = (length: number, more: string): string =>
  `POST /auth/refresh HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`;

const firstWords: Readonly<Record<Holding, (more: string) => string>> = {
  'says nothing': () => '',
  'sends a head and no more': (more) => post(1_000, more),
  'sends half a head': (more) => `GET /health/live HTTP/1.1\r\nHost: a\r\n${more}X-More: `,
  'sends a body a byte at a time': (more) => `${post(1_000, more)}{`,
  'asks beyond its limit': (more) => `GET /nowhere HTTP/1.1\r\nHost: a\r\n${more}\r\n`,
  'asks for health without end': (more) => `GET /health/live HTTP/1.1\r\nHost: a\r\n${more}\r\n`,
  'asks for an upgrade': (more) => `${post(1_000, `${more}Connection: Upgrade\r\nUpgrade: websocket\r\n`)}{`,
};

/** What is said again, each time that something comes back or a while has passed. */
const asksAgain: ReadonlySet<Holding> = new Set(['asks beyond its limit', 'asks for health without end']);
const drips: ReadonlySet<Holding> = new Set(['sends half a head', 'sends a body a byte at a time']);

/** Connections of an attack, from several addresses of this machine. */
export interface Held {
  /** How often one was ended, and opened again. */
  reopened(): number;
  close(): void;
}

export function holdConnections(
  port: number,
  addresses: readonly string[],
  {
    count,
    holding,
    more = '',
    wordsOf = () => firstWords[holding](more),
    reads = true,
  }: {
    count: number;
    holding: Holding;
    /** Further headers, each with its end. */
    more?: string;
    wordsOf?: (index: number) => string;
    /** Whether answers are read. */
    reads?: boolean;
  },
): Held {
  const sockets = new Set<Socket>();
  let reopened = 0;
  let isOver = false;
  const open = (index: number): void => {
    const localAddress = addresses[index % addresses.length];
    const words = wordsOf(index);
    const socket = connect({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) });
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (reads) socket.on('data', () => void (asksAgain.has(holding) && setTimeout(() => socket.write(words), 50)));
    else socket.pause();
    socket.once('close', () => {
      sockets.delete(socket);
      if (isOver) return;
      reopened += 1;
      setTimeout(() => void (isOver || open(index)), 20);
    });
    if (words !== '') socket.write(words);
  };
  for (let index = 0; index < count; index += 1) open(index);
  const timer = setInterval(() => {
    if (drips.has(holding)) for (const socket of sockets) socket.write('a');
  }, 500);
  return {
    reopened: () => reopened,
    close() {
      isOver = true;
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One request of another address, on a connection of its own: its status, or 0 where the connection is ended. */
export async function askFrom(port: number, localAddress: string | undefined, request: string): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress === undefined ? {} : { localAddress }) });
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(request);
  await new Promise((resolve) => socket.once('close', resolve));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}

const LOGIN = JSON.stringify({ email: 'nobody@example.com', password: 'no such password' });

/** What somebody else asks meanwhile, and what it is answered. */
export const ordinary: ReadonlyArray<
  readonly [what: string, request: (more: Record<string, string>) => string, status: number]
> = [
  ['a health check', (more) => getRequest('/health/live', { connection: 'close', ...more }), 200],
  ['metrics', (more) => getRequest('/metrics', { connection: 'close', ...more }), 200],
  ['a page', (more) => getRequest('/openapi.json', { connection: 'close', ...more }), 200],
  [
    'a log-in',
    (more) =>
      `${getRequest('/auth/login', {
        connection: 'close',
        'content-type': 'application/json',
        'content-length': String(LOGIN.length),
        ...more,
      }).replace('GET', 'POST')}${LOGIN}`,
    401,
  ],
];
