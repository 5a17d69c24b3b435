import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { isReady } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { KillableSite, METRICS_TOKEN } from './harness/killable-site.ts';
import { type ProbeAnswer, Probes } from './harness/probes.ts';
import { say, share, withinMs } from './harness/promised.ts';
import { readMetrics } from './harness/read-metrics.ts';
import { stopwatch } from './harness/stopwatch.ts';
import { TcpProxy } from './harness/tcp-proxy.ts';
import { expectWhole } from './harness/whole-writes.ts';
import { Acknowledged, Writer } from './harness/writer.ts';

// One server in production, which is never restarted here, loses its database in every way there is while callers read and write.

const WRITERS = 4;
/** Refusals of one kind that have to be seen before the database is given back. */
const REFUSALS = 8;
const RECOVERED_MS = 5_000;
/** Of the pool. */
const CONNECTIONS = 10;

let mails: MailCatcher;
let site: KillableSite;
let line: TcpProxy;
let server: ServerProcess;
let writers: Writer[];
let authorization: string;
const acknowledged = new Acknowledged();

beforeAll(async () => {
  mails = await catchMail();
  site = await KillableSite.open();
  line = await TcpProxy.open(Number(new URL(site.connectionString).port));
  server = await site.startProduction({ SMTP_CONFIG: mails.url, DATABASE_URL: line.urlOf(site.connectionString) });
  const names = Array.from({ length: WRITERS }, (_, index) => `writer-${index}`);
  writers = await Promise.all(names.map((name) => Writer.register(server.url, name, acknowledged)));
  const account = { email: 'reader@example.org', name: 'Reader', password: 'a lantern in the third field' };
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
  authorization = `Bearer ${accessToken}`;
});
afterAll(async () => {
  await site?.thawDatabase().catch(() => undefined);
  await site?.close();
  await line?.close();
  await mails?.close();
});
beforeEach(() => expect.poll(() => isReady(server.url)).toBe(true));

interface Loss {
  lose(): Promise<unknown>;
  regain(): Promise<unknown>;
  /** How long a call may wait for its 503. */
  readonly refusedMs: number;
  /** Whether calls are refused until it is regained; else it is over as soon as it has happened. */
  readonly lasts: boolean;
}

const ofKind = (answers: readonly ProbeAnswer[], isOne: (answer: ProbeAnswer) => boolean): ProbeAnswer[] =>
  answers.filter(isOne);
const isServed = ({ status }: ProbeAnswer): boolean => status >= 200 && status < 300;
const isRefused = ({ status }: ProbeAnswer): boolean => status === 503;
const longest = (answers: readonly ProbeAnswer[]): number => Math.max(0, ...answers.map(({ ms }) => ms));

/** Loses the database once under load. @returns what readers and writers of single prompts were answered, and when it was back */
async function loseOnce({ lose, regain, lasts }: Loss): Promise<{ answers: ProbeAnswer[]; recoveredMs: number }> {
  let isOver = false;
  const writing = Promise.all(writers.map((writer) => writer.keepWriting(server.url, () => isOver)));
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ title: 'Probe', content: 'Say it' });
  const reads = new Probes({ url: `${server.url}/prompts?limit=1`, request: { headers }, lanes: 2 });
  const changes = new Probes({
    url: `${server.url}/prompts`,
    request: { method: 'POST', headers, body },
    lanes: 2,
  });
  const all = () => [reads, changes];
  try {
    const before = acknowledged.count;
    await expect.poll(() => acknowledged.count - before, { interval: 20 }).toBeGreaterThan(20);
    await lose();
    if (lasts) {
      await expect
        .poll(() => all().map(({ answers }) => ofKind(answers, isRefused).length >= REFUSALS), { interval: 20 })
        .toEqual([true, true]);
      await expect.poll(() => isReady(server.url), { interval: 50 }).toBe(false);
      // What says that the process lives waits for no database.
      const elapsed = stopwatch();
      expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
      expect(elapsed()).toBeLessThan(withinMs(1_000));
    }
    await regain();
    const since = all().map((probes) => probes.now());
    const served = () =>
      all().map(({ answers }, at) => answers.find((one) => isServed(one) && one.sentAt > (since[at] ?? 0)));
    await expect.poll(() => served().every((one) => one !== undefined), { interval: 20 }).toBe(true);
    const recovered = served().map((one, at) => (one?.sentAt ?? 0) + (one?.ms ?? 0) - (since[at] ?? 0));
    return { recoveredMs: Math.max(...recovered), answers: all().flatMap(({ answers }) => answers) };
  } finally {
    isOver = true;
    await Promise.all(all().map((probes) => probes.stop()));
    await writing;
  }
}

/** That every client of the pool was given back, and that the database has no more sessions than the server may open. */
async function expectNoLeak(): Promise<void> {
  const used = async (): Promise<unknown[]> => {
    const metrics = await readMetrics(server.url, METRICS_TOKEN);
    return ['used', 'waiting'].map((state) => metrics.get(`promptory_db_pool_connections{state="${state}"}`));
  };
  await expect.poll(used).toEqual([0, 0]);
  const { rows } = await site.connection.pool.query<{ sessions: number }>(
    `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE application_name ~ '^promptory( |$)' AND pid <> pg_backend_pid()`,
  );
  expect(rows[0]?.sessions).toBeLessThanOrEqual(CONNECTIONS);
}

async function tryLoss(name: string, loss: Loss, rounds: number): Promise<void> {
  const answers: ProbeAnswer[] = [];
  let recoveredMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const found = await loseOnce(loss);
    answers.push(...found.answers);
    recoveredMs = Math.max(recoveredMs, found.recoveredMs);
    await expect.poll(() => isReady(server.url)).toBe(true);
  }
  await expectNoLeak();
  await expectWhole(site.connectionString, acknowledged);
  const refused = ofKind(answers, isRefused);
  say(
    `E2, ${name}: ${rounds} rounds, ${answers.length} calls, ${refused.length} refused within ${longest(refused).toFixed(0)} ms; served again within ${recoveredMs.toFixed(0)} ms`,
  );
  const others = ofKind(answers, (one) => !isServed(one) && !isRefused(one));
  expect(others).toEqual([]);
  expect(ofKind(refused, ({ retryAfter }) => !/^\d+$/.test(retryAfter ?? ''))).toEqual([]);
  expect(acknowledged.refusals.splice(0).filter((text) => !text.startsWith('503 '))).toEqual([]);
  expect(longest(answers)).toBeLessThan(withinMs(loss.refusedMs));
  expect(recoveredMs).toBeLessThan(withinMs(RECOVERED_MS));
  // No process ended, and none was started.
  expect(process.kill(server.pid, 0)).toBe(true);
}

describe('E2: the server goes on, answers 503 in time, and serves again by itself, with no client lost', () => {
  it(
    'E2: while PostgreSQL is killed and started again',
    () =>
      tryLoss(
        'PostgreSQL killed',
        {
          lose: () => site.killDatabase(),
          regain: () => site.reopenDatabase(),
          refusedMs: 2_000,
          lasts: true,
        },
        share(10, 2),
      ),
    1_200_000,
  );

  it(
    'E2: while all of its sessions are ended',
    () =>
      tryLoss(
        'all sessions ended',
        {
          lose: () =>
            site.connection.pool.query(
              'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()',
            ),
          regain: async () => undefined,
          refusedMs: 2_000,
          lasts: false,
        },
        share(10, 2),
      ),
    1_200_000,
  );

  it(
    'E2: while connections to it are broken and refused',
    () =>
      tryLoss(
        'line cut',
        { lose: () => line.refuse(), regain: () => line.restore(), refusedMs: 2_000, lasts: true },
        share(5, 1),
      ),
    1_200_000,
  );

  it(
    'E2: while nothing comes through to it, nor back',
    () =>
      tryLoss(
        'black hole',
        { lose: async () => line.silence(), regain: () => line.restore(), refusedMs: 5_000, lasts: true },
        share(3, 1),
      ),
    1_200_000,
  );

  it(
    'E2: while all of its processes are frozen',
    () =>
      tryLoss(
        'PostgreSQL frozen',
        { lose: () => site.freezeDatabase(), regain: () => site.thawDatabase(), refusedMs: 5_000, lasts: true },
        share(3, 1),
      ),
    1_200_000,
  );
});
