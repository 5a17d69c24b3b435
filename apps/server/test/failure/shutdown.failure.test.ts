import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { NoAnswer, send } from '../e2e/harness/send.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { KillableSite } from './harness/killable-site.ts';

// What is under way when a supervisor asks the server to end, in processes of their own: it is answered, written and mailed
// once, and what has not begun waits for the next process.

const PROMPTS = 60;
const MAILS_WAITING = `FROM graphile_worker._private_jobs WHERE payload->>'kind' = 'reset_password'`;
const LONG = 'x'.repeat(100_000);
/** Mails that go out at once, and some that wait behind them. */
const [AT_ONCE, BEHIND] = [3, 4];

const RESET = 'Choose a new password';

let site: KillableSite;
let smtp: MailCatcher;
/** Holds back the answers to mails with a link for a reset, until it is let go. */
let mailGate = Promise.withResolvers<void>();
beforeAll(async () => {
  site = await KillableSite.open();
  smtp = await catchMail({
    async reasonAgainst(raw) {
      if (raw.includes(`Subject: ${RESET}`)) await mailGate.promise;
      return null;
    },
  });
});
/** Mails with a link for a reset, so far; others greet who has registered. */
const resets = () => smtp.mails.filter(({ subject }) => subject === RESET);
afterAll(async () => {
  mailGate.resolve();
  await site?.close();
  await smtp?.close();
});

const start = (): Promise<ServerProcess> => site.startServer({ SMTP_CONFIG: smtp.url, RATE_LIMIT_REGISTER: '1000/60' });

interface Account {
  readonly id: string;
  readonly email: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function register({ url }: ServerProcess, name: string): Promise<Account> {
  const email = `${name}@example.com`;
  const body = { email, name, password: 'seven green kettles sing' };
  const { user, accessToken } = (await (await post(url, '/auth/register', {}, body)).json()) as {
    user: { id: string };
    accessToken: string;
  };
  return { id: user.id, email, headers: { authorization: `Bearer ${accessToken}` } };
}

const post = (url: string, path: string, headers: Account['headers'], body: object): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A request of which head and body are sent by hand. */
function begin(
  url: string,
  method: string,
  headers: Account['headers'],
): { sent: ClientRequest; answer: Promise<IncomingMessage> } {
  const sent = request(url, { method, headers, agent: false });
  const answer = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  );
  answer.catch(() => undefined);
  return { sent, answer };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(async () => await isSo(), { timeout: 120_000, interval: 20 }).toBe(true);
}

const says = (server: ServerProcess, message: string): boolean => server.log().includes(`"msg":"${message}"`);

/** Keeps the row of an account, for which a change of it waits. */
async function holdAccount({ id }: Account) {
  const client = await site.connection.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id]);
  return {
    async letGo() {
      await client.query('ROLLBACK');
      client.release();
    },
  };
}

async function query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await site.connection.pool.query<T>(sql, values)).rows;
}

it('E3: answers, writes and mails what is under way at SIGTERM, and leaves what has not begun to the next one', async () => {
  const server = await start();
  const ann = await register(server, 'ann');
  for (let made = 0; made < PROMPTS; made += 1) {
    const { status } = await post(server.url, '/prompts', ann.headers, { title: `Long ${made}`, content: LONG });
    expect(status).toBe(201);
  }
  const people: Account[] = [];
  for (let made = 0; made < AT_ONCE + BEHIND; made += 1) people.push(await register(server, `person-${made}`));

  // Mails: as many as go out at once are held at the mail server, the others wait in the queue.
  for (const { email } of people) {
    expect((await post(server.url, '/auth/forgot-password', {}, { email })).status).toBe(202);
  }
  await until(() => resets().length === AT_ONCE);
  // An export whose reader has stopped, an import of which half has come, and a call that waits for a lock.
  const exported = begin(`${server.url}/prompts/export`, 'GET', ann.headers);
  exported.sent.end();
  const stream = await exported.answer;
  const imported = begin(`${server.url}/prompts/import`, 'POST', { ...ann.headers, 'content-type': 'text/csv' });
  imported.sent.write(`title,content\n${Array.from({ length: 700 }, (_, row) => `Row ${row},row ${row}\n`).join('')}`);
  imported.sent.write(`Wide,${'y'.repeat(70_000)}`);
  await until(async () => (await query('SELECT FROM running_imports')).length === 1);
  const held = await holdAccount(ann);
  const called = send<{ name: string }>(server.url, 'PUT', '/users/me', { name: 'Ann Other' }, ann.headers);
  called.catch(() => undefined);
  const calls = "SELECT FROM pg_stat_activity WHERE application_name ~ '^promptory( |$)' AND state <> 'idle'";
  await until(async () => (await query(calls)).length > 0);

  const stopped = server.stop();
  stopped.catch(() => undefined);
  await until(() => says(server, 'stopping'));
  await held.letGo();
  mailGate.resolve();
  imported.sent.end('\nLast,last\n');
  const read = text(stream);

  expect((await called).name).toBe('Ann Other');
  const lines = (await text(await imported.answer)).trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'done', rows: 702, created: 702 });
  const prompts = (await read).trim().split('\n');
  expect(prompts.filter((line) => line.includes('"Long '))).toHaveLength(PROMPTS);
  await stopped;
  expect(server.failures()).toEqual([]);
  await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();

  const [account] = await query<{ name: string; imported: number }>(
    `SELECT name, (SELECT count(*)::int FROM prompts WHERE user_id = users.id AND title NOT LIKE 'Long %') AS imported
     FROM users WHERE id = $1`,
    [ann.id],
  );
  expect(account).toEqual({ name: 'Ann Other', imported: 702 });
  const waiting = await query<{ attempts: number }>(`SELECT attempts ${MAILS_WAITING}`);
  expect(resets().length + waiting.length).toBe(people.length);
  expect(waiting.map(({ attempts }) => attempts)).toEqual(waiting.map(() => 0));

  const next = await start();
  await until(() => resets().length === people.length);
  expect(
    resets()
      .flatMap(({ to }) => to)
      .sort(),
  ).toEqual(people.map(({ email }) => email).sort());
  await next.stop();
  expect(await query(`SELECT ${MAILS_WAITING}`)).toEqual([]);
});

it('E3: ends at once at a second signal, keeps what it has answered, and does its mails in the next process', async () => {
  mailGate = Promise.withResolvers();
  const server = await start();
  const bob = await register(server, 'bob');
  const before = resets().length;
  expect((await post(server.url, '/auth/forgot-password', {}, { email: bob.email })).status).toBe(202);
  await until(() => resets().length === before + 1);
  expect((await post(server.url, '/groups', bob.headers, { name: 'Answered' })).status).toBe(201);
  const held = await holdAccount(bob);
  const called = send(server.url, 'PUT', '/users/me', { name: 'Never' }, bob.headers).catch((error: unknown) => error);

  const stopped = server.stop();
  stopped.catch(() => undefined);
  await until(() => says(server, 'stopping'));
  process.kill(server.pid, 'SIGTERM');
  await expect(stopped).rejects.toThrow('ended with 1 after SIGTERM');
  await held.letGo();
  expect(await called).toBeInstanceOf(NoAnswer);
  mailGate.resolve();

  const kept = await query(
    'SELECT name FROM users WHERE id = $1 UNION ALL SELECT name FROM groups WHERE user_id = $1',
    [bob.id],
  );
  expect(kept).toEqual([{ name: 'bob' }, { name: 'Answered' }]);
  // The mail whose end nobody saw is still there, to be sent again rather than lost.
  expect(await query(`SELECT ${MAILS_WAITING}`)).toHaveLength(1);
});
