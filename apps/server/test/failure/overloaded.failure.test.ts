import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { connectForTest } from '@promptory/db/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isReady, type ServerProcess } from '../e2e/harness/run-server.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { givenKeys } from './harness/given-keys.ts';
import type { HealthTimes } from './harness/health-thread.ts';
import { KillableSite, METRICS_TOKEN } from './harness/killable-site.ts';
import { isWholeRun, say, share, withinMs } from './harness/promised.ts';
import { readMetrics } from './harness/read-metrics.ts';
import { stopwatch } from './harness/stopwatch.ts';

const POOL = 10;
const HEALTH_MS = 100;
/** How much longer what is measured may take beside others than alone. */
const BESIDE = 2;

let mails: MailCatcher;
let site: KillableSite;
let server: ServerProcess;
let owner: ReturnType<typeof connectForTest>;
/** Each of somebody else: what one caller may have in flight is another promise. */
let keys: string[];

beforeAll(async () => {
  mails = await catchMail();
  site = await KillableSite.open();
  keys = await givenKeys(site, share(500, 100), ['prompts:read']);
  owner = connectForTest(site.ownerConnectionString, 1);
  server = await site.startProduction({
    SMTP_CONFIG: mails.url,
    DATABASE_POOL_SIZE: String(POOL),
    // All callers are at one address here, and each has a connection of its own.
    MAX_CONNECTIONS_PER_ADDRESS: '1000',
    MAX_CONNECTIONS: '2000',
  });
});
afterAll(async () => {
  await owner?.close();
  await site?.close();
  await mails?.close();
});

const list = (key: string): Promise<Response> =>
  fetch(`${server.url}/prompts?limit=1`, { headers: { 'x-api-key': key } });

/** Measures /health while something happens, by a thread of its own. */
async function healthWhile(happens: () => Promise<unknown>): Promise<HealthTimes> {
  const urls = ['live', 'ready'].map((name) => `${server.url}/health/${name}`);
  const thread = new Worker(new URL('./harness/health-thread.ts', import.meta.url), { workerData: { urls } });
  await once(thread, 'message');
  const times = once(thread, 'message');
  await happens();
  thread.postMessage('stop');
  const [found] = (await times) as [HealthTimes];
  await thread.terminate();
  return found;
}

/** The value below which so many of a hundred are. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** Of all in a full run; in a short one, which is beside others, of nine in ten. */
const longest = (times: HealthTimes): number => percentile(times, isWholeRun ? 100 : 90);

it('E4: answers 500 slow calls on a pool of ten by 503 with Retry-After, and the health checks meanwhile', async () => {
  const attempt = async (): Promise<{ alone: number; beside: number; count: number }> => {
    const alone = await healthWhile(() => sleep(2_000));
    const client = await owner.pool.connect();
    let answers: Response[] = [];
    let beside: HealthTimes;
    try {
      // For which every list waits; as long as one call may wait at most, and then each other one.
      await client.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE prompts');
      beside = await healthWhile(async () => {
        answers = await Promise.all(keys.map(list));
      });
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(answers.filter(({ headers }) => !/^\d+$/.test(headers.get('retry-after') ?? ''))).toEqual([]);
    return { alone: longest(alone), beside: longest(beside), count: beside.length };
  };
  const isWithin = ({ alone, beside }: { alone: number; beside: number }): boolean =>
    beside < Math.max(withinMs(HEALTH_MS), withinMs(BESIDE) * alone);
  let found = await attempt();
  // Once more before it fails: what another process takes of the machine is no fault of the server's.
  if (!isWithin(found)) found = await attempt();
  say(
    `E4: ${keys.length} slow calls refused; ${found.count} health checks within ${found.beside.toFixed(0)} ms, alone ${found.alone.toFixed(0)} ms`,
  );
  expect(found.count).toBeGreaterThan(8);
  expect(found.beside).toBeLessThan(Math.max(withinMs(HEALTH_MS), withinMs(BESIDE) * found.alone));

  // Then all of the pool is there again.
  const again = await Promise.all(keys.slice(0, 2 * POOL).map(list));
  expect(again.map(({ status }) => status)).toEqual(again.map(() => 200));
  const used = async () =>
    (await readMetrics(server.url, METRICS_TOKEN)).get('promptory_db_pool_connections{state="used"}');
  await expect.poll(used).toBe(0);
  expect(await isReady(server.url)).toBe(true);
});

/** Connections from another address that send a byte of a head now and then, and never its end. */
class SlowLoris {
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, connections: number) {
    const { port } = new URL(url);
    const open = (): void => {
      const socket = connectSocket({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.2' });
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.write('GET /prompts HTTP/1.1\r\nHost: prompts.example.org\r\n');
    };
    const tend = (): void => {
      for (const socket of this.#sockets) socket.write('x');
      // Whoever is cut comes again.
      while (this.#sockets.size < connections) open();
    };
    tend();
    this.#timer = setInterval(tend, 500);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}

it('E4: serves others beside 200 connections whose heads never end', async () => {
  const connections = 200;
  const [key = ''] = keys;
  const listTimes = async (calls: number): Promise<number[]> => {
    const times: number[] = [];
    for (let call = 0; call < calls; call += 1) {
      const elapsed = stopwatch();
      const answer = await list(key);
      await answer.arrayBuffer();
      expect(answer.status).toBe(200);
      times.push(elapsed());
    }
    return times;
  };
  const attempt = async (calls: number): Promise<{ alone: number; beside: number; open: number }> => {
    await listTimes(50);
    const [alone, beside]: [number[], number[]] = [[], []];
    let open = 0;
    for (let turn = 0; turn < 4; turn += 1) {
      alone.push(...(await listTimes(calls / 4)));
      const loris = new SlowLoris(server.url, connections);
      await sleep(200);
      beside.push(...(await listTimes(calls / 4)));
      open = Math.max(open, (await readMetrics(server.url, METRICS_TOKEN)).get('promptory_connections') ?? 0);
      loris.stop();
    }
    return { alone: percentile(alone, 99), beside: percentile(beside, 99), open };
  };
  const calls = share(2_000, 200);
  let found = await attempt(calls);
  if (found.beside >= BESIDE * found.alone) found = await attempt(2 * calls);
  say(
    `E4: p99 ${found.beside.toFixed(1)} ms beside ${found.open} connections, ${found.alone.toFixed(1)} ms alone, of ${calls} calls`,
  );
  expect(found.open).toBeGreaterThan(connections);
  expect(found.beside).toBeLessThan(withinMs(BESIDE) * found.alone);
});
