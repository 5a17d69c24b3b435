import { sql } from 'kysely';
import type { Db, Mail } from '../../src/context.ts';
import { type MailJob, parseMailJob } from '../../src/domain/mail/mail-job.ts';
import { sendMail } from '../../src/domain/mail/send-mail.ts';
import type { TestServices } from './services.ts';

/** The mails that wait in the queue, in the order in which they were put there. */
export async function queuedMail(db: Db): Promise<MailJob[]> {
  const { rows } = await sql<{ payload: unknown }>`
    SELECT payload FROM graphile_worker._private_jobs ORDER BY id
  `.execute(db);
  return rows.map(({ payload }) => parseMailJob(payload));
}

/** Does the queue's work: sends what waits, and answers the mails that were sent. */
export async function deliverMail(services: TestServices): Promise<Mail[]> {
  const { rows } = await sql<{ payload: unknown }>`
    WITH taken AS (DELETE FROM graphile_worker._private_jobs RETURNING id, payload)
    SELECT payload FROM taken ORDER BY id
  `.execute(services.db);
  const before = services.mailer.sent.length;
  for (const { payload } of rows) await sendMail(services, parseMailJob(payload));
  return services.mailer.sent.slice(before);
}

/** The secret of the link in a mail. Throws when there is none. */
export function tokenIn(mail: Mail | undefined): string {
  const token = /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error('The mail holds no link with a token.');
  return token;
}
