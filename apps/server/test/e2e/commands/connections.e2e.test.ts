import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  createTestDatabase,
  type EphemeralCluster,
  startEphemeralCluster,
  type TestDatabase,
  withClient,
} from '@promptory/db/testing';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Settings } from '../harness/run-server.ts';
import { runScript } from './run-script.ts';

const MAIL = { username: 'mailer', password: 'lanterns-over-the-weir' };

let cluster: EphemeralCluster;
let database: TestDatabase;
let settings: Settings;
let sent = 0;
const mail = new SMTPServer({
  authMethods: ['PLAIN', 'LOGIN'],
  disabledCommands: ['STARTTLS'],
  onAuth({ username, password }, _session, done) {
    const isRight = username === MAIL.username && password === MAIL.password;
    done(isRight ? null : new Error('Not with this password'), { user: username });
  },
  onMailFrom(_address, _session, done) {
    sent += 1;
    done();
  },
});
/** As much of Redis as counting asks for: every command is answered, and a script's with a count and its time. */
const redis = createServer((socket) => {
  socket.setEncoding('utf8').on('data', (text: string) => {
    for (const [, command = ''] of text.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
      const isCount = command.toLowerCase().startsWith('eval');
      socket.write(isCount ? '*2\r\n:1\r\n:1000\r\n' : '$13\r\nloading:0\r\n\r\n\r\n');
    }
  });
  socket.on('error', () => undefined);
});

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  cluster = await startEphemeralCluster();
  database = await createTestDatabase({ server: cluster });
  mail.on('error', () => undefined);
  mail.listen(0, '127.0.0.1');
  redis.listen(0, '127.0.0.1');
  await Promise.all([once(mail.server, 'listening'), once(redis, 'listening')]);
  settings = {
    DATABASE_URL: database.applicationConnectionString,
    JWT_SECRET: randomBytes(48).toString('base64url'),
    SMTP_CONFIG: `smtp://${MAIL.username}:${MAIL.password}@127.0.0.1:${portOf(mail.server)}`,
    REDIS_URL: `redis://127.0.0.1:${portOf(redis)}`,
    PUBLIC_URL: 'https://prompts.example.org',
    TRUST_PROXY: '10.0.0.0/8',
  };
});
afterAll(async () => {
  await new Promise<void>((resolve) => mail.close(resolve));
  redis.close();
  await database.drop();
  await cluster.stop();
});

/** What `settings:check --connect` says of each connection, a line for each. */
async function connectWith(changed: Settings): Promise<{ code: number | null; lines: string[] }> {
  const { code, stdout, stderr } = await runScript('settings:check', {
    settings: { ...settings, ...changed },
    args: ['--connect'],
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^The settings are right for production\.\n/);
  return { code, lines: stdout.split('\n').filter((line) => /^(?:ok|failed) /.test(line)) };
}

it('tries all that a server connects to, says each in a line, and sends no mail', async () => {
  const { code, lines } = await connectWith({});
  expect(lines).toEqual([
    expect.stringMatching(/^ok {5}DATABASE_URL: PostgreSQL 1[5-8]\.\d+ answers, without TLS$/),
    'ok     DATABASE_URL: every migration is applied, and its role has the rights that the server needs',
    'ok     DATABASE_URL: it takes the connections of DATABASE_POOL_SIZE=10 and those beside them',
    'ok     SMTP_CONFIG: 127.0.0.1 answers and takes the log-in; no mail was sent',
    'ok     REDIS_URL: 127.0.0.1 answers and counts',
  ]);
  expect({ code, sent }).toEqual({ code: 0, sent: 0 });
});

it('ends with exit code 1 where one of them is away or refuses, and shows no password', async () => {
  const wrong = new URL(settings.DATABASE_URL ?? '');
  wrong.password = 'a-password-that-is-not-the-one';
  const { code, lines } = await connectWith({
    DATABASE_URL: wrong.href,
    DATABASE_REPLICA_URL: 'postgresql://reader:moss-on-old-stones@127.0.0.1:9/promptory',
    SMTP_CONFIG: (settings.SMTP_CONFIG ?? '').replace(MAIL.password, 'some-other-lantern'),
    REDIS_URL: 'redis://:reeds-by-the-weir@127.0.0.1:9',
  });
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^failed DATABASE_URL: .*password authentication failed.* made by `pnpm migrate`/),
    expect.stringMatching(/^failed DATABASE_REPLICA_URL: .*ECONNREFUSED/),
    expect.stringMatching(/^failed SMTP_CONFIG: .*Not with this password/),
    expect.stringMatching(/^failed REDIS_URL: .*ECONNREFUSED/),
  ]);
  expect(lines.join('\n')).not.toMatch(/a-password|moss-on|some-other|reeds-by/);
});

it('says what the database lacks: migrations, rights, room for the pool', async () => {
  const role = new URL(database.applicationConnectionString).username;
  const change = (url: string, statement: string) => withClient(url, (client) => client.query(statement));

  await change(cluster.superuserConnectionString, `ALTER ROLE ${role} CONNECTION LIMIT 12`);
  const room = await connectWith({});
  expect(room.code).toBe(1);
  expect(room.lines[2]).toMatch(/^failed DATABASE_URL: DATABASE_POOL_SIZE is 10, .* takes 12 .*set it to 5 at most/);
  await change(cluster.superuserConnectionString, `ALTER ROLE ${role} CONNECTION LIMIT -1`);

  await change(database.connectionString, `REVOKE INSERT ON audit_log FROM ${role}`);
  const rights = await connectWith({});
  expect(rights.code).toBe(1);
  expect(rights.lines[1]).toMatch(/^failed DATABASE_URL: .*lacks rights.* INSERT on public\.audit_log$/);

  const empty = new URL(cluster.superuserConnectionString);
  await change(empty.href, 'CREATE DATABASE empty_yet');
  empty.pathname = '/empty_yet';
  const behind = await connectWith({ DATABASE_URL: empty.href });
  expect(behind.code).toBe(1);
  expect(behind.lines[1]).toMatch(
    /^failed DATABASE_URL: The database is \d+ migration\(s\) behind: run `pnpm migrate`/,
  );
});
