import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { givenPerson } from '@promptory/api/testing';
import { createRefusalPace } from '../../../../src/plugins/pace-refusals.ts';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, type BootOptions, bootApp } from '../../../harness/boot.ts';
import { localCertificate } from '../../../harness/local-certificate.ts';
import { comesToHold } from '../../../harness/unread-connection.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';
import { askFrom, type Holding, holdConnections, holdings, ordinary } from './held-connections.ts';

const MOST = 80;
const OF_ONE = 20;
const FOUR = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const OTHER = '127.0.0.99';

async function besides(
  options: BootOptions['app'],
  attack: (server: BootedApp, port: number) => Promise<void>,
  more: BootOptions = {},
) {
  const bounds = { ...defaultConnectionBounds, connections: MOST, connectionsPerAddress: OF_ONE };
  const server = await bootApp({
    ...more,
    limits: { anonymous: { calls: 1_000, seconds: 600 } },
    app: { connections: bounds, refusalPace: createRefusalPace(), ...options },
  });
  try {
    await attack(server, Number(new URL(await server.url()).port));
  } finally {
    await server.close();
  }
}

/** Every other caller is answered while the places are held. */
async function othersAreAnswered(
  proof: Proof,
  { port, from, more, what }: { port: number; from: string | undefined; more: Record<string, string>; what: string },
): Promise<void> {
  for (let round = proof.share(6, 1); round > 0; round -= 1) {
    for (const [asked, request, status] of ordinary) {
      const answer = await askFrom(port, from, request(more));
      proof.works(answer === status, () => `${what}: ${asked} is answered ${answer}`);
    }
  }
}

const areTaken = (server: BootedApp): Promise<boolean> =>
  comesToHold(async () => (await connectionCounts(server)).open >= MOST * 0.9);

async function holdAll(proof: Proof, server: BootedApp, port: number, holding: Holding): Promise<void> {
  const held = holdConnections(port, FOUR, { count: MOST + 8, holding });
  const taken = await areTaken(server);
  proof.works(taken, () => `${holding}: the places are not taken`);
  await othersAreAnswered(proof, { port, from: OTHER, more: {}, what: holding });
  held.close();
  const free = await comesToHold(async () => (await connectionCounts(server)).open === 0);
  proof.check(free, () => `${holding}: places are not given back`);
}

proves('F2', 'four addresses that hold all connections, in whatever way, shut nobody else out', (proof) =>
  besides({}, async (server, port) => {
    for (const holding of proof.sample(holdings, 4)) await holdAll(proof, server, port, holding);
  }),
);

proves('F2', 'accounts whose calls wait for their turns on all connections shut nobody else out', (proof) =>
  besides(
    {},
    async (server, port) => {
      const callers = await Promise.all(
        [...FOUR, OTHER].map((_, index) => givenPerson(server.services, { handle: `caller-${index}` })),
      );
      const headers = await Promise.all(callers.map(server.as.person));
      const asks = (index: number, path: string, more = ''): string =>
        `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers[index]?.authorization}\r\n${more}\r\n`;
      const blocking = await server.database.pool.connect();
      await blocking.query('BEGIN; LOCK TABLE groups IN ACCESS EXCLUSIVE MODE');
      const wordsOf = (index: number): string => asks(index % FOUR.length, '/groups');
      const held = holdConnections(port, FOUR, { count: MOST + 8, holding: 'says nothing', wordsOf });
      proof.works(await areTaken(server), () => 'the places are not taken');
      await othersAreAnswered(proof, { port, from: OTHER, more: {}, what: 'calls that wait' });
      for (let round = proof.share(20, 4); round > 0; round -= 1) {
        const status = await askFrom(port, OTHER, asks(FOUR.length, '/users/me', 'Connection: close\r\n'));
        proof.works(status === 200, () => `a call of another account is answered ${status}`);
      }
      held.close();
      await blocking.query('ROLLBACK');
      blocking.release();
    },
    { callsInFlight: { calls: 1, waiting: 40 } },
  ),
);

proves('F2', 'callers who begin large bodies, or read no answers, on all connections shut nobody else out', (proof) =>
  besides({}, async (server, port) => {
    const key = await server.as.key(await givenPerson(server.services));
    const head = `POST /prompts HTTP/1.1\r\nHost: a\r\nX-API-Key: ${key['x-api-key']}\r\nContent-Type: application/json`;
    const held = [
      ['a large body', `${head}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(60_000)}`, true],
      ['answers unread', 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20), false],
    ] as const;
    for (const [what, words, reads] of held) {
      const attack = { count: MOST + 8, holding: 'says nothing', wordsOf: () => words, reads } as const;
      const connections = holdConnections(port, FOUR, attack);
      proof.works(await areTaken(server), () => `${what}: the places are not taken`);
      await othersAreAnswered(proof, { port, from: OTHER, more: {}, what });
      connections.close();
      const free = await comesToHold(async () => (await connectionCounts(server)).open === 0);
      proof.check(free, () => `${what}: places are not given back`);
    }
  }),
);

proves('F2', 'one client behind a trusted proxy takes no place from its others', (proof) =>
  besides({ trustProxy: ['127.0.0.1'] }, async (server, port) => {
    const forwarded = (client: string): string => `X-Forwarded-For: ${client}\r\n`;
    for (const holding of [
      'sends a head and no more',
      'sends a body a byte at a time',
      'asks beyond its limit',
    ] as const) {
      const held = holdConnections(port, ['127.0.0.1'], { count: MOST + 8, holding, more: forwarded('192.0.2.1') });
      const more = { 'x-forwarded-for': '192.0.2.99' };
      await othersAreAnswered(proof, { port, from: '127.0.0.1', more, what: holding });
      const { open } = await connectionCounts(server);
      proof.check(open <= MOST + 8, () => `${holding}: ${open} are open`);
      held.close();
      const free = await comesToHold(async () => (await connectionCounts(server)).open === 0);
      proof.check(free, () => `${holding}: places are not given back`);
    }
  }),
);

proves('F2', 'TLS handshakes that are begun and not ended shut nobody out', (proof) =>
  besides({ tls: localCertificate }, async (server, port) => {
    const url = (await server.url()).replace('http:', 'https:');
    const held = holdConnections(port, FOUR, { count: MOST + 8, holding: 'says nothing' });
    proof.works(await areTaken(server), () => 'the places are not taken');
    for (let round = proof.share(20, 3); round > 0; round -= 1) {
      proof.works(await isGreeted(Number(new URL(url).port)), () => 'a handshake is not answered');
    }
    held.close();
  }),
);

/** Whether a handshake from another address is answered, and not ended. */
async function isGreeted(port: number): Promise<boolean> {
  const raw = connect({ port, host: '127.0.0.1', localAddress: OTHER });
  const socket = connectTls({ socket: raw, rejectUnauthorized: false });
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('secureConnect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('close', () => resolve(false));
  });
}
