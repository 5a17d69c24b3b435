import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../../../harness/boot.ts';
import { comesToHold } from '../../../harness/unread-connection.ts';
import { proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';

const MEBIBYTE = 1_048_576;
const MOST = 8 * MEBIBYTE;
const LENGTH = 1_000_000;
const FILLER = Buffer.alloc(LENGTH - 10, 'x');
const LOGIN_BODY = JSON.stringify({ email: 'nobody@example.com', password: 'no such password' });
/** A body that is read before anybody has said who calls. */
const LOGIN = 'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json';

async function withServer(share: number, attack: (server: BootedApp, port: number) => Promise<void>): Promise<void> {
  const connections = { ...defaultConnectionBounds, arrivingBytes: MOST, arrivingBytesPerAddress: share };
  const server = await bootApp({ app: { connections } });
  try {
    await attack(server, Number(new URL(await server.url()).port));
  } finally {
    await server.close();
  }
}

interface Sender {
  readonly socket: Socket;
  /** All that came back. */
  answer(): string;
  isClosed(): boolean;
}

function open(port: number, ...text: readonly (string | Buffer)[]): Sender {
  const socket = connect(port, '127.0.0.1');
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

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

const logIn = (server: BootedApp, password: string) =>
  server.url().then((url) =>
    fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'nobody@example.com', password }),
    }).then(async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    }),
  );

proves(
  'F2',
  'bodies that are begun and not ended hold what is set and no more, and make way for others after two seconds',
  (proof) =>
    withServer(2 * MOST, async (server, port) => {
      const begun = proof.share(200, 40);
      const head = `${LOGIN}\r\nContent-Length: ${LENGTH}\r\n\r\n`;
      const before = process.memoryUsage().arrayBuffers;
      const senders = Array.from({ length: begun }, () => open(port, head, FILLER));
      let most = 0;
      let held = 0;
      const answered = await comesToHold(async () => {
        most = Math.max(most, (await connectionCounts(server)).arrivingBytes);
        held = Math.max(held, process.memoryUsage().arrayBuffers - before);
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

      proof.works((await logIn(server, 'no such password')) === 401, () => 'a small body is not answered');
      await sleep(2_100);
      const large = await logIn(server, 'x'.repeat(500_000));
      proof.works(large === 400, () => `a large body of another is answered ${large}`);
      const { sending } = await connectionCounts(server);
      proof.check(sending >= 1, () => 'nobody made way');
      proof.remark(`${Math.round(held / MEBIBYTE)} MiB were held, for ${begun} bodies of which ${sending} made way`);
      for (const { socket } of senders) socket.destroy();
      const isFree = await comesToHold(async () => (await connectionCounts(server)).arrivingBytes === 0);
      proof.check(isFree, () => 'room is not given back');
    }),
);

proves('F2', 'one address has a share of what bodies may hold, and is told so', (proof) =>
  withServer(2 * MEBIBYTE, async (server, port) => {
    proof.atLeast(8);
    const head = `${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const senders = Array.from({ length: 6 }, () => open(port, head));
    const refused = await comesToHold(() => senders.filter(({ answer }) => statusOf(answer()) === 429).length === 4);
    proof.works(refused, () => senders.map(({ answer }) => statusOf(answer())).join());
    const { arrivingBytes } = await connectionCounts(server);
    proof.works(arrivingBytes === 2 * MEBIBYTE, () => `${arrivingBytes}`);
    for (const { answer, socket } of senders) {
      const text = answer();
      proof.check(text === '' || text.includes('"limit":"arrivingBytes"'), () => text.slice(-300));
      socket.destroy();
    }
  }),
);

proves('F2', 'a body in chunks of a byte is cut before it costs memory or time, one in small chunks is read', (proof) =>
  withServer(MOST, async (server, port) => {
    const head = `${LOGIN}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const small = '1\r\nx\r\n'.repeat(20_000);
    for (let index = proof.share(20, 4); index > 0; index -= 1) {
      proof.case();
      const { socket, isClosed } = open(port, head, ...Array<string>(20).fill(small));
      proof.check(await comesToHold(isClosed), () => 'it is read on');
      socket.destroy();
    }
    const { pieces } = await connectionCounts(server);
    proof.check(pieces > 0, () => 'none is counted as cut');

    const padded = LOGIN_BODY.padStart(100_000);
    const chunks = padded.match(/.{1,32}/g)?.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`) ?? [];
    const { answer, socket } = open(port, head, ...chunks, '0\r\n\r\n');
    const read = await comesToHold(() => statusOf(answer()) === 401);
    proof.works(read, () => `small chunks are answered ${answer().slice(0, 200)}`);
    socket.destroy();
  }),
);

proves('F2', 'of requests that are sent ahead one may have a body', (proof) =>
  withServer(MOST, async (server, port) => {
    proof.atLeast(3);
    const body = LOGIN_BODY.padStart(60_000);
    const request = `${LOGIN}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const flood = open(port, request.repeat(6));
    proof.check(await comesToHold(flood.isClosed), () => 'six are kept');
    proof.check((await connectionCounts(server)).pipelined === 1, () => 'it is not counted');
    const two = open(port, request.repeat(2));
    const answers = (): number => two.answer().match(/HTTP\/1\.1 401/g)?.length ?? 0;
    proof.works(await comesToHold(() => answers() === 2), () => `${answers()} of 2 are answered`);
    two.socket.destroy();
  }),
);
