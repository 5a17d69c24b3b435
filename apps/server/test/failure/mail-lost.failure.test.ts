import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerProcess } from '../e2e/harness/run-server.ts';
import { send } from '../e2e/harness/send.ts';
import { catchMail, type MailCatcher } from '../harness/mail-catcher.ts';
import { quietPort } from '../harness/quiet-port.ts';
import { KillableSite } from './harness/killable-site.ts';
import { say, share } from './harness/promised.ts';
import { TcpProxy } from './harness/tcp-proxy.ts';

// What a mail server does to who asks for a link: nothing. The answer is the same, and each mail goes out once it is back.

const PASSWORD = 'a lantern in the third field';
const RESET = 'Choose a new password';

let site: KillableSite;
let smtp: MailCatcher;
let line: TcpProxy;
let server: ServerProcess;
/** Why the mail server takes nothing just now. */
let reason: string | null = null;

beforeAll(async () => {
  site = await KillableSite.open();
  await openMailServer(await quietPort());
  line = await TcpProxy.open(smtp.port);
  server = await site.startProduction({ SMTP_CONFIG: line.urlOf(smtp.url) });
});
afterAll(async () => {
  await site?.close();
  await line?.close();
  await smtp?.close();
});

const AT_ONCE = 5;

async function openMailServer(port: number): Promise<void> {
  smtp = await catchMail({ port, reasonAgainst: () => reason });
}

const addressesOf = (name: string): string[] =>
  Array.from({ length: share(40, 8) }, (_, at) => `${name}-${at}@example.org`);

/** What the server answers to who asks for a link, but for what is another in every answer. */
async function ask(email: string): Promise<object> {
  const answer = await fetch(`${server.url}/auth/forgot-password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });
  const { 'x-request-id': _id, date: _date, ...headers } = Object.fromEntries(answer.headers);
  for (const name of Object.keys(headers)) if (name.startsWith('ratelimit')) delete headers[name];
  return { status: answer.status, text: await answer.text(), headers };
}

/** As an operator has whatever waits tried now, and not when its turn would come. */
const tryMailsNow = (): Promise<unknown> =>
  site.connection.pool.query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL');

const mailsWaiting = async (): Promise<number> =>
  (await site.connection.pool.query("SELECT FROM graphile_worker.jobs WHERE task_identifier = 'send_mail'")).rowCount ??
  0;

const attemptsMade = async (): Promise<number> => {
  const { rows } = await site.connection.pool.query<{ most: number }>(
    'SELECT coalesce(max(attempts), 0)::int AS most FROM graphile_worker._private_jobs WHERE last_error IS NOT NULL',
  );
  return rows[0]?.most ?? 0;
};

async function tryLoss(name: string, lose: () => Promise<unknown>, regain: () => Promise<unknown>): Promise<void> {
  const emails = addressesOf(name);
  // As many at once as one address may have in flight: where hashing takes long, those that wait would be refused.
  for (let first = 0; first < emails.length; first += AT_ONCE) {
    const some = emails.slice(first, first + AT_ONCE);
    await Promise.all(
      some.map((email) => send(server.url, 'POST', '/auth/register', { email, name: 'Person', password: PASSWORD })),
    );
  }
  await expect.poll(mailsWaiting).toBe(0);
  const usual = await ask('nobody@example.org');
  // Whoever has no account costs a job as well.
  await expect.poll(mailsWaiting).toBe(0);
  await lose();
  const answers = await Promise.all(emails.map(ask));
  expect(answers).toEqual(emails.map(() => usual));
  try {
    await expect.poll(attemptsMade).toBeGreaterThan(0);
    expect(await mailsWaiting()).toBe(emails.length);
  } finally {
    await regain();
  }
  await expect
    .poll(async () => {
      await tryMailsNow();
      return mailsWaiting();
    })
    .toBe(0);
  const mailed = smtp.mails.filter(({ subject, to }) => subject === RESET && emails.includes(String(to)));
  say(`E2, ${name}: ${emails.length} links asked for, ${mailed.length} mailed`);
  return expect(new Set(mailed.map(({ to }) => String(to)))).toEqual(new Set(emails)) as never;
}

describe('E2: the mail server is lost: answers stay as they are, and what was asked for is mailed once it is back', () => {
  it('E2: where its connections are broken and refused', () =>
    tryLoss(
      'mail-line-cut',
      () => line.refuse(),
      () => line.restore(),
    ));

  it('E2: where it says nothing at all', () =>
    tryLoss(
      'mail-silent',
      async () => line.silence(),
      () => line.restore(),
    ));

  it('E2: where it refuses every mail', () =>
    tryLoss(
      'mail-refused',
      async () => {
        reason = 'Not now';
      },
      async () => {
        reason = null;
        // What it has refused it has seen; only what it takes counts.
        (smtp.mails as unknown[]).length = 0;
      },
    ));
});
