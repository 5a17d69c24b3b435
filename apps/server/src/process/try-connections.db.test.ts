import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { connectionRoom } from '@promptory/db';
import { givenDatabase } from '@promptory/db/testing';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Env } from '../settings/env.ts';
import { tryConnections } from './try-connections.ts';

const { connectionString, applicationConnectionString, pool } = await givenDatabase();
const ANSWERS = expect.stringMatching(/^PostgreSQL 1[5-8]\.\d+ answers, without TLS$/);

let room = 0;
beforeAll(async () => {
  room = (await connectionRoom(pool)).connections;
});

const tryWith = (changed: Partial<Env>) =>
  tryConnections({
    environment: 'production',
    databaseUrl: null,
    databaseFeedUrl: null,
    databaseReplicaUrl: null,
    smtpUrl: null,
    redisUrl: null,
    databasePoolSize: 2,
    ...changed,
  } as Env);

/** As much of Redis as a try asks for. */
async function givenRedis(answers: (command: string) => string): Promise<string> {
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const [, command = ''] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        socket.write(answers(command.toLowerCase()));
      }
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  // Ends once each try has closed its connection.
  onTestFinished(() => promisify(server.close.bind(server))());
  await once(server, 'listening');
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const READY = '$13\r\nloading:0\r\n\r\n\r\n';

it('tries nothing that is not set, and says of what is set what it found', async () => {
  expect(await tryWith({})).toEqual([]);
  const redisUrl = await givenRedis((command) => (command.startsWith('eval') ? '*2\r\n:1\r\n:1000\r\n' : READY));
  const databaseUrl = applicationConnectionString;
  expect(await tryWith({ databaseUrl, databaseFeedUrl: databaseUrl, redisUrl })).toEqual([
    { setting: 'DATABASE_URL', isWell: true, says: ANSWERS },
    {
      setting: 'DATABASE_URL',
      isWell: true,
      says: 'every migration is applied, and its role has the rights that the server needs',
    },
    {
      setting: 'DATABASE_URL',
      isWell: true,
      says: 'it takes the connections of DATABASE_POOL_SIZE=2 and those beside them',
    },
    { setting: 'DATABASE_FEED_URL', isWell: true, says: ANSWERS },
    { setting: 'REDIS_URL', isWell: true, says: '127.0.0.1 answers and counts' },
  ]);
});

it('says beside what is well what a second server would lack, and what the role may do too much', async () => {
  const databasePoolSize = Math.floor(room / 2) - 6;
  const tried = await tryWith({ databaseUrl: connectionString, databasePoolSize });
  expect(tried.map(({ setting, isWell }) => [setting, isWell])).toEqual(
    Array.from({ length: 5 }, () => ['DATABASE_URL', true]),
  );
  expect(tried.slice(3).map(({ says }) => says)).toEqual([
    expect.stringContaining('The role of DATABASE_URL may do more than the server needs'),
    expect.stringContaining('no room for a second server'),
  ]);
});

it('goes no further with a database than to its first fault, and on with the others', async () => {
  const absent = new URL(applicationConnectionString);
  absent.pathname = '/not_there';
  const databaseUrl = applicationConnectionString;
  expect(await tryWith({ databaseUrl: absent.href, databaseReplicaUrl: databaseUrl })).toEqual([
    { setting: 'DATABASE_URL', isWell: false, says: expect.stringContaining('"not_there" does not exist') },
    {
      setting: 'DATABASE_REPLICA_URL',
      isWell: false,
      says: 'it follows no other server, so nothing is read there',
    },
  ]);
  const full = await tryWith({ databaseUrl, databasePoolSize: room });
  expect(full.map(({ isWell }) => isWell)).toEqual([true, true, false]);
  expect(full[2]?.says).toContain(`set it to ${room - 7} at most`);
  // An idle session would end by itself, but later than after some looks.
  const tries = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'promptory-try'`;
  let left = 1;
  for (let looks = 0; looks < 200 && left > 0; looks += 1) left = (await pool.query(tries)).rows.length;
  expect(left).toBe(0);
});

it('says what Redis itself says where it refuses, and nothing of its password', async () => {
  const noAuth = await givenRedis(() => '-NOAUTH Authentication required.\r\n');
  const noScripts = await givenRedis((command) =>
    command.startsWith('eval') ? "-NOPERM no permission to run 'eval'\r\n" : READY,
  );
  for (const [redisUrl, reason] of [
    [noAuth, 'NOAUTH Authentication required.'],
    [noScripts, "NOPERM no permission to run 'eval'"],
    ['redis://:reeds-by-the-weir@127.0.0.1:9', 'connect ECONNREFUSED 127.0.0.1:9'],
  ] as const) {
    expect(await tryWith({ redisUrl })).toEqual([{ setting: 'REDIS_URL', isWell: false, says: reason }]);
  }
});

it('says of a role that is refused who makes it', async () => {
  const wrong = new URL(applicationConnectionString);
  wrong.username = 'nobody_yet';
  const [tried, ...others] = await tryWith({ databaseFeedUrl: wrong.href });
  expect(others).toEqual([]);
  expect(tried).toMatchObject({ setting: 'DATABASE_FEED_URL', isWell: false });
  expect(tried?.says).toMatch(/nobody_yet.* \(a role that is not there yet is made by `pnpm migrate`\)$/);
});
