import { afterAll } from 'vitest';
import { type ConnectionBounds, defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../../../harness/boot.ts';
import { localCertificate } from '../../../harness/local-certificate.ts';
import type { Headers } from '../../../harness/transports.ts';
import { comesToHold, getRequest, manners, sendUnread } from '../../../harness/unread-connection.ts';
import { proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';
import { givenLongPrompts } from './long-prompts.ts';

const MEBIBYTE = 1_048_576;

const connections: ConnectionBounds = {
  ...defaultConnectionBounds,
  connections: 1_000,
  connectionsPerAddress: 1_000,
  unreadBytes: 1_024 * MEBIBYTE,
  unreadBytesPerConnection: 64 * MEBIBYTE,
  slowestReader: { bytes: 262_144, seconds: 3 },
};

const plain = await bootApp({ app: { connections } });
const tls = await bootApp({ beside: plain, app: { connections, tls: localCertificate } });
afterAll(async () => {
  await tls.close();
  await plain.close();
});
const headers = await givenLongPrompts(plain, 60);
const servers = [
  ['TCP', plain],
  ['TLS', tls],
] as const;

const inputOf = (input: object): string => encodeURIComponent(JSON.stringify(input));
const jsonLines: Headers = { 'trpc-accept': 'application/jsonl' };

/** What is asked for, as often as is more than the buffers of both kernels take. */
const answers: ReadonlyArray<readonly [what: string, path: string, times: number, headers?: Headers]> = [
  ['a page over REST', '/prompts?limit=100', 10],
  ['a page over tRPC', `/trpc/prompts.list?input=${inputOf({ limit: 100 })}`, 10],
  [
    'a batch of pages',
    `/trpc/prompts.list,prompts.list?batch=1&input=${inputOf({ 0: { limit: 100 }, 1: { limit: 100 } })}`,
    6,
  ],
  ['an export of lines', '/prompts/export', 1],
  ['an export as CSV', '/prompts/export', 1, { accept: 'text/csv' }],
  ['an export over tRPC', `/trpc/transfer.export?batch=1&input=${inputOf({ 0: {} })}`, 1, jsonLines],
  ['the program of the documentation', '/docs/scalar.js', 6],
];

proves(
  'F2',
  'who takes nothing, or a byte a second, or has closed its own side, is cut in time, over every transport and TLS',
  async (proof) => {
    const attacks = servers.flatMap(([, server]) =>
      answers.flatMap((answer) =>
        manners.filter((manner) => manner !== 'reads on').map((manner) => ({ server, answer, manner })),
      ),
    );
    const tried = proof.sample(attacks, 12);
    const before = await sumOf('slow');
    const open = await Promise.all(
      tried.map(async ({ server, answer: [what, path, times, more], manner }) => {
        const request = getRequest(path, { ...headers, ...more });
        const url = await urlOf(server);
        proof.case();
        return { what, manner, url, connection: await sendUnread(url, Array<string>(times).fill(request), manner) };
      }),
    );
    const held = await comesToHold(async () => (await sumOf('unreadBytes')) > tried.length * 50_000);
    proof.works(held, () => 'nothing ever waited');
    const gone = await comesToHold(async () => (await sumOf('open')) === 0);
    proof.check(gone, () => 'connections are open that nobody reads');
    // Node itself ends what is half closed, as soon as an answer is out.
    const sent = tried.filter(({ manner }) => manner !== 'has closed its own side').length;
    const cut = (await sumOf('slow')) - before;
    proof.works(cut >= sent && cut <= tried.length, () => `${cut} were cut as slow, of ${sent} to ${tried.length}`);
    const empty = await comesToHold(async () => (await sumOf('unreadBytes')) === 0);
    proof.check(empty, () => 'something waits still');
    const used = servers.map(([, { database }]) => database.pool.totalCount - database.pool.idleCount);
    proof.check(String(used) === '0,0', () => `${used} connections of the pool are held`);
    for (const { connection } of open) connection.close();
  },
);

const urlOf = async (server: BootedApp): Promise<string> => {
  const url = await server.url();
  return server === tls ? url.replace('http:', 'https:') : url;
};

async function sumOf(name: 'open' | 'unreadBytes' | 'slow'): Promise<number> {
  const counts = await Promise.all(servers.map(([, server]) => connectionCounts(server)));
  return counts.reduce((sum, each) => sum + each[name], 0);
}
