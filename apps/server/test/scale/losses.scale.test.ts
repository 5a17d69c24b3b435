import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { givenApiKey, givenPerson, testServices } from '@promptory/api/testing';
import { createCredentialMarks } from '@promptory/auth';
import { createTestDatabase, type TestDatabase } from '@promptory/db/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../e2e/harness/send.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { type Backends, type ManyServers, openBackends } from './harness/many-servers.ts';

// Two servers behind PgBouncer, with a streaming replica and Redis, both of which are killed and frozen while callers create and list.

const JWT_SECRET = 'of no use to anybody but this test run';
const METRICS_TOKEN = randomBytes(24).toString('base64url');
const CALLERS_PER_SERVER = 3;
const AWAY = 'Redis is away';
const BACK = 'Redis is back';

let backends: Backends;
let database: TestDatabase;
let mails: MailCatcher;
let site: ManyServers;

beforeAll(async () => {
  backends = await openBackends();
  database = await createTestDatabase({ server: backends.cluster });
  mails = await catchMail();
  site = await backends.serve({
    NODE_ENV: 'production',
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET,
    METRICS_TOKEN,
    SMTP_CONFIG: mails.url,
    PUBLIC_URL: 'https://prompts.example.org',
    RATE_LIMIT_KEY: '999999/60',
    RATE_LIMIT_REGISTER: '1000/60',
    RATE_LIMIT_MAIL_ADDRESS: '1000/60',
    RATE_LIMIT_ANONYMOUS: '999999/60',
  });
});
afterAll(async () => {
  await site?.stop();
  await mails?.close();
  await database?.drop();
  await backends?.stop();
});

type Headers = Readonly<Record<string, string>>;
const marks = createCredentialMarks([JWT_SECRET]);

/** Of somebody new: whoever creates at once for one account waits for its counters, which is no loss of what is killed here. */
async function givenKey(callsPerMinute: number | null = null): Promise<Headers> {
  const person = await givenPerson(testServices(database.db));
  const scopes = ['prompts:read', 'prompts:write'];
  const { key } = await givenApiKey(database.db, person, { marks, scopes, calls_per_minute: callsPerMinute });
  return { 'x-api-key': key };
}

/** Creates and lists at one server until it is over; whoever is refused, or misses what was created there, fails. */
async function callUntil(url: string, name: string, isOver: () => boolean): Promise<number> {
  const headers = await givenKey();
  let calls = 0;
  for (; !isOver() || calls === 0; calls += 1) {
    const title = `${name} ${calls}`;
    const { id } = await send<{ id: string }>(url, 'POST', '/prompts', { title, content: 'x' }, headers);
    const { items } = await send<{ items: { id: string }[] }>(
      url,
      'GET',
      '/prompts?sort=created&limit=100',
      undefined,
      headers,
    );
    expect(
      items.map((item) => item.id),
      title,
    ).toContain(id);
    expect(await send(url, 'GET', `/prompts/${id}`, undefined, headers)).toMatchObject({ title });
  }
  return calls;
}

/** Callers at both servers, without a rest, while something happens. */
async function underLoad(name: string, happens: () => Promise<void>): Promise<void> {
  let isOver = false;
  const callers = site.servers.flatMap(({ url }, server) =>
    Array.from({ length: CALLERS_PER_SERVER }, (_, at) => callUntil(url, `${name} ${server} ${at}`, () => isOver)),
  );
  const all = Promise.all(callers);
  try {
    // A caller that fails says so at once.
    await Promise.race([all, happens()]);
  } finally {
    isOver = true;
  }
  for (const calls of await all) expect(calls).toBeGreaterThan(0);
}

/** Calls that are let through of those by a key, which the servers get in turn. */
async function letThrough(headers: Headers, calls: number): Promise<number> {
  let through = 0;
  for (let call = 0; call < calls; call += 1) {
    const server = site.servers[call % site.servers.length];
    const answer = await fetch(`${server?.url}/categories`, { headers });
    await answer.arrayBuffer();
    expect([200, 429]).toContain(answer.status);
    if (answer.ok) through += 1;
  }
  return through;
}

const timesSaid = (words: string): number[] => site.servers.map((server) => server.log().split(words).length - 1);
const each = (times: number): number[] => site.servers.map(() => times);

/** Calls that were read at the replica, by server. */
const atReplica = (): Promise<number[]> =>
  Promise.all(
    site.servers.map(async ({ url }) => {
      const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
      const line = (await answer.text())
        .split('\n')
        .find((each) => each.startsWith('promptory_replica_calls_total{at="replica"}'));
      return Number(line?.split(' ')[1] ?? 0);
    }),
  );
/** Until lists are read there at every server. */
async function untilReplicaIsRead(): Promise<void> {
  const headers = await givenKey();
  const before = await atReplica();
  await expect
    .poll(async () => {
      for (const { url } of site.servers) await send(url, 'GET', '/prompts', undefined, headers);
      const now = await atReplica();
      return now.every((count, at) => count > (before[at] ?? 0));
    })
    .toBe(true);
}

describe('two servers', () => {
  it('count one limit together', async () => {
    expect(await letThrough(await givenKey(20), 40)).toBe(20);
  });

  it('send each mail once', async () => {
    const people = Array.from({ length: 20 }, (_, at) => `person-${at}@example.org`);
    await Promise.all(
      people.map((email, at) =>
        send(site.servers[at % site.servers.length]?.url ?? '', 'POST', '/auth/register', {
          email,
          password: 'violet ladders hum quietly',
          name: 'Person',
        }),
      ),
    );
    await expect
      .poll(async () => (await database.pool.query('SELECT FROM graphile_worker._private_jobs')).rowCount)
      .toBe(0);
    expect(mails.mails.map(({ to }) => String(to)).toSorted()).toEqual(people.toSorted());
  });

  it('share sessions of the database, in which nothing is prepared', async () => {
    const said = () => timesSaid('Statements are not prepared');
    await underLoad('Shared', () => expect.poll(said).toEqual(each(1)));
    await underLoad('Shared again', () => sleep(1_000));
    expect(said()).toEqual(each(1));
  });

  it('read at the replica what was there a second ago', async () => {
    await untilReplicaIsRead();
  });

  it('lose no call while Redis is killed, count by themselves until it is back, and then together again', async () => {
    await underLoad('Redis killed', async () => {
      await backends.redis.kill();
      await expect.poll(() => timesSaid(AWAY)).toEqual(each(1));
      expect(await letThrough(await givenKey(20), 60)).toBe(40);
      await backends.redis.restart();
      await expect.poll(() => timesSaid(BACK)).toEqual(each(1));
    });
    expect(await letThrough(await givenKey(20), 40)).toBe(20);
  });

  it('lose no call while Redis says nothing at all', async () => {
    await underLoad('Redis frozen', async () => {
      backends.redis.freeze();
      try {
        await expect.poll(() => timesSaid(AWAY)).toEqual(each(2));
        expect(await letThrough(await givenKey(20), 60)).toBe(40);
      } finally {
        backends.redis.thaw();
      }
      await expect.poll(() => timesSaid(BACK)).toEqual(each(2));
    });
    expect(await letThrough(await givenKey(20), 40)).toBe(20);
  });

  it('lose no call while the replica is killed, and read there again once it is back', async () => {
    await underLoad('Replica killed', async () => {
      await backends.replica.kill();
      await sleep(2_000);
      await backends.replica.restart();
    });
    await untilReplicaIsRead();
  });

  it('have logged no failure, nor that limits of time do not reach the database', () => {
    expect(timesSaid('limits of time')).toEqual(each(0));
    expect(site.failures()).toEqual([]);
  });
});
