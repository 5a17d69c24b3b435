import type { Socket } from 'node:net';
import { afterAll } from 'vitest';
import { defaultConnectionBounds } from '../../../../src/settings/bounds/connections.ts';
import { type BootedApp, type BootOptions, bootApp } from '../../../harness/boot.ts';
import { localCertificate } from '../../../harness/local-certificate.ts';
import { comesToHold, getRequest, sendUnread, type UnreadConnection } from '../../../harness/unread-connection.ts';
import { proves } from '../../harness/proof.ts';
import { connectionCounts } from './connection-counts.ts';
import { givenLongPrompts } from './long-prompts.ts';

const MEBIBYTE = 1_048_576;
const MOST = 32 * MEBIBYTE;
/** What a page of long prompts may have, and what encloses it. */
const PAGE = 3 * MEBIBYTE;

const server = await bootApp();
afterAll(() => server.close());
const headers = await givenLongPrompts(server, 20);
const page = getRequest('/prompts?limit=100', headers);

/** What waits in memory for all connections of a server, by Node's own count and not by the guard's. */
function watchedBytes({ app }: BootedApp): () => number {
  const sockets = new Set<Socket>();
  app.server.on(
    app.server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection',
    (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    },
  );
  return () => [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
}

async function besides(options: BootOptions['app'], attack: (second: BootedApp) => Promise<void>): Promise<void> {
  const second = await bootApp({ beside: server, app: { ...options } });
  try {
    await attack(second);
  } finally {
    await second.close();
  }
}

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

const closeAll = (connections: readonly UnreadConnection[]): void => {
  for (const connection of connections) connection.close();
};

proves('F2', 'of requests that are sent ahead none begins before the answer to the last is taken', (proof) =>
  besides({}, async (second) => {
    proof.atLeast(3);
    const url = await second.url();
    const callsOf = async (): Promise<number> => {
      const { body } = await second.call({ url: '/metrics' });
      return Number(/promptory_procedure_calls_total\{procedure="prompts.list",code="ok"\} (\d+)/.exec(body)?.[1] ?? 0);
    };
    const ahead = 24;
    const last = getRequest('/prompts?limit=100', { ...headers, connection: 'close' });
    const connection = await sendUnread(url, [...Array<string>(ahead - 1).fill(page), last], 'takes nothing');
    let before = -1;
    await comesToHold(async () => {
      const same = before === (await callsOf()) && before > 0;
      before = await callsOf();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return same;
    });
    proof.check(before >= 1 && before < ahead / 2, () => `${before} of ${ahead} had begun although nothing was read`);
    const { length } = (await connection.readOn()).match(/HTTP\/1\.1 200 OK/g) ?? [];
    proof.works(length === ahead, () => `${length} of ${ahead} were answered to who then read`);
    const flood = await sendUnread(url, Array<string>(2_000).fill(getRequest('/health/live')), 'takes nothing');
    const cut = await comesToHold(async () => (await connectionCounts(second)).pipelined === 1);
    proof.check(cut, () => 'two thousand requests sent ahead are not cut');
    closeAll([connection, flood]);
  }),
);

proves('F2', 'what waits for all readers stays within its bound, and other callers are answered meanwhile', (proof) =>
  besides({ connections: { ...defaultConnectionBounds, unreadBytes: MOST } }, async (second) => {
    const url = await second.url();
    const waiting = watchedBytes(second);
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, waiting());
    }, 5);
    const attackers = proof.share(40, 20);
    const open: UnreadConnection[] = [];
    const refused = { busy: 0, otherwise: 0 };
    let others = 0;
    for (let index = 0; index < attackers; index += 1) {
      open.push(await sendUnread(url, Array<string>(4).fill(page), 'takes nothing'));
      proof.case();
      const status = await statusOf(`${url}/users/me`);
      others += 1;
      if (status === 503) refused.busy += 1;
      else if (status !== 200) refused.otherwise += 1;
      const health = await statusOf(`${url}/health/live`);
      proof.check(health === 200, () => `a health check is answered ${health}`);
    }
    const isCut = await comesToHold(async () => (await connectionCounts(second)).full > 0);
    clearInterval(watch);
    proof.works(isCut, () => 'nobody was cut, so the bound was not reached');
    proof.check(peak <= MOST + PAGE, () => `${peak} bytes waited`);
    proof.check(
      refused.otherwise === 0,
      () => `${refused.otherwise} others were answered otherwise than by 200 or 503`,
    );
    const served = await comesToHold(async () => (await statusOf(`${url}/users/me`)) === 200);
    proof.works(served, () => 'others are not served after the flood');
    proof.remark(
      `${Math.round(peak / MEBIBYTE)} of ${MOST / MEBIBYTE} MiB waited; ${refused.busy} of ${others} others were told to come again`,
    );
    closeAll(open);
  }),
);

proves(
  'F2',
  'where readers that came just now fill the memory, whoever comes is told to wait, and health checks are answered',
  (proof) =>
    besides({ connections: { ...defaultConnectionBounds, unreadBytes: 4 * MEBIBYTE } }, async (second) => {
      proof.atLeast(10);
      const url = await second.url();
      const inputOf = (value: object) => `input=${encodeURIComponent(JSON.stringify(value))}`;
      const one = { limit: 1 };
      // Where there is room for them, their answers do not fill it.
      const paths = [
        '/prompts?limit=1',
        `/trpc/prompts.list?${inputOf(one)}`,
        `/trpc/prompts.list,prompts.list?batch=1&${inputOf({ 0: one, 1: one })}`,
        '/docs',
        '/nowhere',
      ];
      for (const path of paths) {
        const open: UnreadConnection[] = [];
        let cameAt = Number.NEGATIVE_INFINITY;
        let answer: Response | undefined;
        let body = '';
        const isRefused = await comesToHold(async () => {
          // Who came two seconds ago makes way: on a busy machine that may be before anybody asks.
          if (performance.now() - cameAt > 1_000) {
            const came = Array.from({ length: 4 }, () => sendUnread(url, Array<string>(4).fill(page), 'takes nothing'));
            open.push(...(await Promise.all(came)));
            cameAt = performance.now();
          }
          answer = await fetch(`${url}${path}`, { headers, redirect: 'manual' });
          body = await answer.text();
          return answer.status === 503;
        });
        const said = `${answer?.status} ${answer?.headers.get('retry-after')} ${body.includes('server.busy')}`;
        proof.check(isRefused && /^503 [2-4] true$/.test(said), () => `${path}: ${said}`);
        const health = await fetch(`${url}/health/live`);
        proof.works(health.status === 200, () => `a health check is answered ${health.status}`);
        closeAll(open);
      }
      const isServed = await comesToHold(async () => (await statusOf(`${url}/prompts?limit=1`)) === 200);
      proof.works(isServed, () => 'nobody is served once the readers are gone');
    }),
);

proves(
  'F2',
  'pages that are the same for all are held once, however many do not read them, over TCP and TLS',
  async (proof) => {
    const readers = proof.share(200, 30);
    // Nobody is cut for being slow: on a busy machine the first would be before the last has come.
    const slowestReader = { bytes: 1, seconds: 3_600 };
    const connections = { ...defaultConnectionBounds, slowestReader };
    for (const tls of [null, localCertificate]) {
      await besides({ tls, connections }, async (second) => {
        const url = (await second.url()).replace('http:', tls === null ? 'http:' : 'https:');
        await second.call({ url: '/docs/scalar.js' });
        const waiting = watchedBytes(second);
        const before = process.memoryUsage.rss();
        const requests = ['/docs/scalar.js', '/openapi.json', '/docs/scalar.js'].map((path) => getRequest(path));
        const open: UnreadConnection[] = [];
        for (let index = 0; index < readers; index += 1) {
          open.push(await sendUnread(url, [...requests, ...requests], 'takes nothing'));
          proof.case();
        }
        await comesToHold(() => waiting() > readers * 60_000);
        const each = Math.round(waiting() / readers);
        const grown = Math.round((process.memoryUsage.rss() - before) / MEBIBYTE);
        proof.works(each > 0 && each < 200_000, () => `${each} bytes wait for each`);
        proof.check((grown * MEBIBYTE) / readers < MEBIBYTE, () => `${grown} MiB for ${readers} readers`);
        proof.remark(
          `${tls === null ? 'TCP' : 'TLS'}: ${each} bytes for each of ${readers}; the process, which is their client too, grew by ${grown} MiB`,
        );
        closeAll(open);
      });
    }
  },
);
