import { connect, type Socket } from 'node:net';
import { givenPerson } from '@promptory/api/testing';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { bootApp } from '../../../harness/boot.ts';
import { comesToHold } from '../../../harness/unread-connection.ts';
import { proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';

// A file of prompts is read whole before any of it is imported, so all that has come of it counts, unlike that of rows.

const MEBIBYTE = 1_048_576;
const MOST = 8 * MEBIBYTE;
const OF_ONE = 2 * MEBIBYTE;
const LENGTH = MEBIBYTE + MEBIBYTE / 2;

interface Sender {
  readonly socket: Socket;
  answer(): string;
  isClosed(): boolean;
}

function sendFrom(from: string, port: number, head: readonly string[], length: number, body: string): Sender {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  let [answer, closed] = ['', false];
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.write(`${[...head, 'Host: a', `Content-Length: ${length}`].join('\r\n')}\r\n\r\n${body}`);
  return { socket, answer: () => answer, isClosed: () => closed };
}

const statusOf = ({ answer }: Sender): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer())?.[1] ?? 0);

proves(
  'F2',
  'files that are read whole count with all that has come of them, and leave ordinary bodies half of the room',
  async (proof) => {
    const connections = {
      ...{ ...defaultConnectionBounds, arrivingBytes: MOST, arrivingBytesPerAddress: OF_ONE },
      // None is ended for being slow: that would look like making way.
      slowestSender: { bytes: 1, seconds: 3_600 },
    };
    const server = await bootApp({ app: { connections } });
    try {
      const port = Number(new URL(await server.url()).port);
      const headOf = async (path: string, type: string): Promise<string[]> => {
        const { 'x-api-key': key } = await server.as.key(await givenPerson(server.services));
        return [`POST ${path} HTTP/1.1`, `Content-Type: ${type}`, `X-API-Key: ${key}`];
      };
      const begun = `${JSON.stringify({ type: 'file', name: 'a.prompt', content: 'x' })}\n${JSON.stringify({
        ...{ type: 'file', name: 'b.prompt', content: 'x'.repeat(LENGTH) },
      })}`;
      const attackers = proof.share(10, 10);
      const senders: Sender[] = [];
      for (let index = 0; index < attackers; index += 1) {
        // One that another had to make way for may be cut; each ends a byte too early.
        const head = await headOf('/prompts/import', 'text/plain');
        senders.push(sendFrom(`127.0.0.${2 + index}`, port, head, begun.length + 1, begun));
        proof.case();
      }
      let most = 0;
      const isRefused = await comesToHold(async () => {
        const { arrivingBytes } = await connectionCounts(server);
        most = Math.max(most, arrivingBytes);
        return senders.filter((each) => statusOf(each) === 503 || each.isClosed()).length >= attackers - 2;
      });
      proof.works(isRefused, () => `answered ${senders.map(statusOf).join()}, and ${most} bytes were counted`);
      proof.check(most <= MOST / 2 + attackers * 262_144, () => `${most} bytes of files were kept`);
      const ordinary = async (path: string, type: string, body: string): Promise<number> => {
        const each = sendFrom('127.0.0.99', port, await headOf(path, type), body.length, body);
        await comesToHold(() => statusOf(each) !== 0 || each.isClosed());
        each.socket.destroy();
        return statusOf(each);
      };
      const large = JSON.stringify({ title: 'a', content: 'x'.repeat(190_000) });
      const status = await ordinary('/prompts', 'application/json', large);
      proof.works(status === 201, () => `an ordinary body of another is answered ${status}`);
      const rows = await ordinary(
        '/prompts/import',
        'text/csv',
        `title,content\n${`a,${'b'.repeat(10_000)}\n`.repeat(20)}`,
      );
      proof.works(rows === 200, () => `rows of another are answered ${rows}`);
      for (const { socket } of senders) socket.destroy();
      const isFree = await comesToHold(async () => (await connectionCounts(server)).arrivingBytes === 0);
      proof.check(isFree, () => 'room is not given back');
    } finally {
      await server.close();
    }
  },
);
