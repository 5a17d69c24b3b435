import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { givenPerson } from '@promptory/api/testing';
import { SMALL_BODY_BYTES } from '../../../../src/http/connections/bodies/arriving-bodies.ts';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../../../harness/boot.ts';
import { comesToHold } from '../../../harness/unread-connection.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';

const MEBIBYTE = 1_048_576;
const MOST = 8 * MEBIBYTE;
const LENGTH = 1_000_000;
const FILLER = Buffer.alloc(LENGTH - 10, 'x');
const LOGIN_BODY = JSON.stringify({ email: 'nobody@example.com', password: 'no such password' });
const JSON_TYPE = 'Host: a\r\nContent-Type: application/json';
const LOGIN = `POST /auth/login HTTP/1.1\r\n${JSON_TYPE}`;

interface Site {
  readonly server: BootedApp;
  readonly port: number;
  /** The head of a call with a good key, but for what it says of its body. */
  readonly create: string;
}

async function withServer(share: number, attack: (site: Site) => Promise<void>): Promise<void> {
  const connections = { ...defaultConnectionBounds, arrivingBytes: MOST, arrivingBytesPerAddress: share };
  const server = await bootApp({ app: { connections } });
  try {
    const key = await server.as.key(await givenPerson(server.services, { handle: 'alice' }));
    const create = `POST /prompts HTTP/1.1\r\n${JSON_TYPE}\r\nX-API-Key: ${key['x-api-key']}`;
    await attack({ server, port: Number(new URL(await server.url()).port), create });
  } finally {
    await server.close();
  }
}

const withLength = (head: string, length: number): string => `${head}\r\nContent-Length: ${length}\r\n\r\n`;

interface Sender {
  readonly socket: Socket;
  /** All that came back. */
  answer(): string;
  isClosed(): boolean;
}

const open = (port: number, ...text: readonly (string | Buffer)[]): Sender => openFrom(port, undefined, ...text);

function openFrom(port: number, from: string | undefined, ...text: readonly (string | Buffer)[]): Sender {
  const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) });
  let answer = '';
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  socket.on('close', () => {
    closed = true;
  });
  for (const part of text) socket.write(part);
  return { socket, answer: () => answer, isClosed: () => closed };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes outside of the heap that something holds still. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

/** What a whole request is answered. */
async function statusFrom(port: number, from: string | undefined, head: string, body: string): Promise<number> {
  const { socket, answer, isClosed } = openFrom(
    port,
    from,
    withLength(`${head}\r\nConnection: close`, body.length),
    body,
  );
  await comesToHold(() => statusOf(answer()) !== 0 || isClosed());
  socket.destroy();
  return statusOf(answer());
}

proves(
  'F2',
  'bodies that are begun and not ended hold what is set and no more, and leave others room after two seconds',
  (proof) =>
    withServer(2 * MOST, async ({ server, port, create }) => {
      const begun = proof.share(200, 40);
      const head = withLength(create, LENGTH);
      const before = heldBytes();
      const senders = Array.from({ length: begun }, () => open(port, head, FILLER));
      let most = 0;
      let held = 0;
      const answered = await comesToHold(async () => {
        most = Math.max(most, (await connectionCounts(server)).arrivingBytes);
        held = Math.max(held, heldBytes() - before);
        return senders.filter((sender) => statusOf(sender.answer()) === 503 || sender.isClosed()).length >= begun - 8;
      });
      for (const sender of senders) {
        const refused = sender.answer();
        const isFine = refused === '' || (/retry-after: [2-4]\r/.test(refused) && refused.includes('server.busy'));
        proof.check(isFine, () => refused.slice(0, 300));
      }
      proof.check(answered, () => 'not all but eight were told to come again');
      proof.check(most > 0 && most <= MOST, () => `room for ${most} bytes was taken`);
      // What Node reads ahead of each, before and just after it is refused, comes on top of it.
      proof.check(held <= MOST + begun * 4 * 65_536, () => `${held} bytes were held`);

      const small = await statusFrom(port, undefined, LOGIN, LOGIN_BODY);
      proof.works(small === 401, () => `a small body is answered ${small}`);
      await sleep(2_100);
      const large = await statusFrom(port, undefined, create, JSON.stringify({ title: 'x'.repeat(500_000) }));
      proof.works(large === 400, () => `a large body of another is answered ${large}`);
      proof.remark(`${Math.round(held / MEBIBYTE)} MiB were held, for ${begun} bodies`);
      for (const { socket } of senders) socket.destroy();
      const isFree = await comesToHold(async () => (await connectionCounts(server)).arrivingBytes === 0);
      proof.check(isFree, () => 'room is not given back');
    }),
);

proves('F2', 'one address has a share of what bodies may hold, and is told so', (proof) =>
  withServer(2 * MEBIBYTE, async ({ server, port, create }) => {
    proof.atLeast(8);
    const senders = Array.from({ length: 6 }, () => open(port, withLength(create, LENGTH), FILLER));
    const refused = await comesToHold(() => senders.filter(({ answer }) => statusOf(answer()) === 429).length === 4);
    proof.works(refused, () => senders.map(({ answer }) => statusOf(answer())).join());
    const { arrivingBytes } = await connectionCounts(server);
    proof.works(arrivingBytes > MEBIBYTE && arrivingBytes <= 2 * MEBIBYTE, () => `${arrivingBytes}`);
    for (const { answer, socket } of senders) {
      const text = answer();
      proof.check(text === '' || text.includes('"limit":"arrivingBytes"'), () => text.slice(-300));
      socket.destroy();
    }
  }),
);

const ADDRESSES = Array.from({ length: 10 }, (_, index) => `127.0.0.${2 + index}`);
/** Shorter than those are left alone who have just begun. */
const REOPENED_MS = 1_750;

/** How an attack begins bodies that it does not end: what it sends, from each address. */
interface Attack {
  readonly what: string;
  readonly fromEach: number;
  sent(create: string): readonly (string | Buffer)[];
}
const attacks: readonly Attack[] = [
  { what: 'announced by nobody', fromEach: 16, sent: () => [withLength(LOGIN, MEBIBYTE), '{'] },
  { what: 'announced by a caller', fromEach: 16, sent: (create) => [withLength(create, MEBIBYTE), '{'] },
  { what: 'sent but for their ends', fromEach: 2, sent: (create) => [withLength(create, LENGTH), FILLER] },
  {
    what: 'in chunks by nobody',
    fromEach: 16,
    sent: () => [`${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n4000\r\n`, 'x'.repeat(16_384)],
  },
];

async function besides(proof: Proof, { port, create }: Site, { what, fromEach, sent }: Attack): Promise<void> {
  const senders = new Set<Sender>();
  const begin = (from: string): void => void senders.add(openFrom(port, from, ...sent(create)));
  const beginAll = (): void => {
    for (const { socket } of senders) socket.destroy();
    senders.clear();
    for (const from of ADDRESSES) for (let count = 0; count < fromEach; count += 1) begin(from);
  };
  beginAll();
  const reopening = setInterval(beginAll, REOPENED_MS);
  const body = JSON.stringify({ title: 'a', content: 'x'.repeat(20_000) });
  await sleep(300);
  for (let count = proof.share(40, 6); count > 0; count -= 1) {
    const status = await statusFrom(port, '127.0.0.99', create, body);
    proof.works(status === 201, () => `${what}: 20 KB of another are answered ${status}`);
    await sleep(50);
  }
  clearInterval(reopening);
  for (const { socket } of senders) socket.destroy();
}

proves('F2', 'ten addresses that begin sixteen mebibytes each and end none have nobody refused', (proof) =>
  withServer(2 * MEBIBYTE, async (site) => {
    for (const attack of attacks) {
      await besides(proof, site, attack);
      const isFree = await comesToHold(async () => (await connectionCounts(site.server)).arrivingBytes === 0);
      proof.check(isFree, () => `${attack.what}: room is not given back`);
    }
  }),
);

proves('F2', 'a body makes way of who holds most, for one of an address that holds none', (proof) =>
  withServer(2 * MEBIBYTE, async ({ server, port, create }) => {
    proof.atLeast(3);
    // Two from each of four addresses: all that one may hold, and the whole room but for less than the newcomer brings.
    const whole = Buffer.alloc(MEBIBYTE - 10, 'x');
    const senders = ADDRESSES.slice(0, 4).flatMap((from) =>
      [1, 2].map(() => openFrom(port, from, withLength(create, MEBIBYTE), whole)),
    );
    const counted = senders.length * (whole.length - SMALL_BODY_BYTES);
    const isHeld = await comesToHold(async () => (await connectionCounts(server)).arrivingBytes === counted);
    proof.works(isHeld && MOST - counted < 200_000, () => 'the room is not full');
    const status = await statusFrom(port, '127.0.0.99', create, JSON.stringify({ title: 'x'.repeat(300_000) }));
    proof.works(status === 400, () => `300 KB of another are answered ${status}`);
    const made = await comesToHold(async () => (await connectionCounts(server)).sending === 1);
    proof.works(made && senders.filter((sender) => sender.isClosed()).length === 1, () => 'not one made way');
    for (const { socket } of senders) socket.destroy();
  }),
);

proves('F2', 'who shows no credential has no large body taken, and is counted at its head', async (proof) => {
  const limits = { anonymous: { calls: 30, seconds: 600 } };
  const server = await bootApp({ limits });
  proof.atLeast(30);
  try {
    const port = Number(new URL(await server.url()).port);
    const rows = [
      ['/auth/login', '', 413, 'request.too_large'],
      ['/trpc/auth.login', '', 413, 'request.too_large'],
      ['/prompts', '', 401, 'auth.required'],
      ['/trpc/prompts.create', '', 401, 'auth.required'],
      ['/trpc/prompts.create,prompts.list?batch=1', '', 401, 'auth.required'],
      ['/prompts', 'Authorization: Bearer no.such.token\r\n', 401, 'auth.invalid_token'],
    ] as const;
    let calls = 0;
    for (const [path, shown, status, code] of rows) {
      const { answer, socket } = open(port, withLength(`POST ${path} HTTP/1.1\r\n${shown}${JSON_TYPE}`, MEBIBYTE), '{');
      await comesToHold(() => answer().includes('"code"'));
      proof.check(statusOf(answer()) === status && answer().includes(code), () => `${path}: ${answer().slice(0, 300)}`);
      if (shown === '') calls += 1;
      socket.destroy();
    }
    const chunked = open(port, `${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n`, '8000\r\n', 'x'.repeat(32_768));
    proof.check(await comesToHold(() => statusOf(chunked.answer()) === 413), () => chunked.answer().slice(0, 300));
    chunked.socket.destroy();
    for (; calls < limits.anonymous.calls; calls += 1) {
      const status = await statusFrom(port, undefined, LOGIN, LOGIN_BODY.padStart(20_000));
      proof.check(status === 413, () => `call ${calls} is answered ${status}`);
    }
    const beyond = await statusFrom(port, undefined, LOGIN, LOGIN_BODY.padStart(20_000));
    proof.works(beyond === 429, () => `one beyond the limit is answered ${beyond}`);
  } finally {
    await server.close();
  }
});

proves('F2', 'a body in chunks of a byte is cut before it costs memory or time, one in small chunks is read', (proof) =>
  withServer(MOST, async ({ server, port, create }) => {
    const head = `${create}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const small = '1\r\nx\r\n'.repeat(20_000);
    for (let index = proof.share(20, 4); index > 0; index -= 1) {
      proof.case();
      const { socket, isClosed } = open(port, head, ...Array<string>(20).fill(small));
      proof.check(await comesToHold(isClosed), () => 'it is read on');
      socket.destroy();
    }
    const { pieces } = await connectionCounts(server);
    proof.check(pieces > 0, () => 'none is counted as cut');

    const padded = JSON.stringify({ title: 'a', content: 'b' }).padStart(100_000);
    const chunks = padded.match(/.{1,32}/g)?.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`) ?? [];
    const { answer, socket } = open(port, head, ...chunks, '0\r\n\r\n');
    const read = await comesToHold(() => statusOf(answer()) === 201);
    proof.works(read, () => `small chunks are answered ${answer().slice(0, 200)}`);
    socket.destroy();
  }),
);

proves('F2', 'of requests that are sent ahead one may have a body', (proof) =>
  withServer(MOST, async ({ server, port, create }) => {
    proof.atLeast(3);
    const body = JSON.stringify({ title: 'a', content: 'b' }).padStart(60_000);
    const request = `${withLength(create, body.length)}${body}`;
    const flood = open(port, request.repeat(6));
    proof.check(await comesToHold(flood.isClosed), () => 'six are kept');
    proof.check((await connectionCounts(server)).pipelined === 1, () => 'it is not counted');
    const two = open(port, request.repeat(2));
    const answers = (): number => two.answer().match(/HTTP\/1\.1 201/g)?.length ?? 0;
    proof.works(await comesToHold(() => answers() === 2), () => `${answers()} of 2 are answered`);
    two.socket.destroy();
  }),
);
