import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { installedRedis } from '../harness/programs/installed-programs.ts';
import { type RedisServer, startRedis } from '../harness/programs/redis-server.ts';
import { KillableSite } from './harness/killable-site.ts';
import { Probes } from './harness/probes.ts';
import { say, share, withinMs } from './harness/promised.ts';
import { TcpProxy } from './harness/tcp-proxy.ts';

// Limits that servers share are counted by each for itself while Redis is away: no call is lost, and none gets through beyond a limit.

const LOGINS = 5;
const CALL_MS = 2_000;

let mails: MailCatcher;
let redis: RedisServer;
let line: TcpProxy;
let site: KillableSite;
let server: ServerProcess;
let authorization: string;
let people = 0;

beforeAll(async () => {
  mails = await catchMail();
  redis = await startRedis(installedRedis());
  line = await TcpProxy.open(Number(new URL(redis.url).port));
  site = await KillableSite.open();
  server = await site.startProduction({
    SMTP_CONFIG: mails.url,
    REDIS_URL: line.urlOf(redis.url),
    RATE_LIMIT_LOGIN: `${LOGINS}/900`,
  });
  authorization = `Bearer ${(await givenAccount()).accessToken}`;
});
afterAll(async () => {
  redis?.thaw();
  await site?.close();
  await line?.close();
  await redis?.kill();
  await mails?.close();
});

async function givenAccount(): Promise<{ email: string; accessToken: string }> {
  people += 1;
  const email = `person-${people}@example.org`;
  const body = { email, name: 'Person', password: 'a lantern in the third field' };
  return { email, ...(await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', body)) };
}

/** How many wrong passwords are looked at before the rest is refused. */
async function guesses(): Promise<number> {
  const { email } = await givenAccount();
  const statuses: number[] = [];
  for (let guess = 0; guess < 2 * LOGINS; guess += 1) {
    const answer = await fetch(`${server.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'not this one, and not that' }),
    });
    await answer.arrayBuffer();
    statuses.push(answer.status);
  }
  expect(statuses.every((status) => status === 401 || status === 429)).toBe(true);
  return statuses.filter((status) => status === 401).length;
}

const timesSaid = (words: string): number => server.log().split(words).length - 1;
let losses = 0;

async function tryLoss(name: string, lose: () => Promise<unknown>, regain: () => Promise<unknown>): Promise<void> {
  losses += 1;
  expect(await guesses()).toBe(LOGINS);
  // Each waits for no other: changes of one account would.
  const probes = new Probes({
    url: `${server.url}/prompts?limit=1`,
    request: { headers: { authorization } },
    ...{ lanes: 3, pauseMs: 30 },
  });
  try {
    await lose();
    await expect.poll(() => timesSaid('Redis is away')).toBe(losses);
    expect(await guesses()).toBe(LOGINS);
    await sleep(share(5_000, 500));
    await regain();
    await expect.poll(() => timesSaid('Redis is back')).toBe(losses);
  } finally {
    await probes.stop();
  }
  expect(await guesses()).toBe(LOGINS);
  const longest = Math.max(...probes.answers.map(({ ms }) => ms));
  say(`E2, ${name}: ${probes.answers.length} calls, each served within ${longest.toFixed(0)} ms`);
  expect(probes.answers.length).toBeGreaterThan(10);
  expect(probes.answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(longest).toBeLessThan(withinMs(CALL_MS));
  expect(server.failures()).toEqual([]);
}

describe('E2: Redis is lost: every call is served, and limits hold', () => {
  it('E2: while it is killed and started again', () =>
    tryLoss(
      'Redis killed',
      () => redis.kill(),
      () => redis.restart(),
    ));

  it('E2: while it is frozen', () =>
    tryLoss(
      'Redis frozen',
      async () => redis.freeze(),
      async () => redis.thaw(),
    ));

  it('E2: while its connections are broken and refused', () =>
    tryLoss(
      'Redis cut off',
      () => line.refuse(),
      () => line.restore(),
    ));
});
