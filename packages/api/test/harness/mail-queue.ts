import { type RawBuilder, sql } from 'kysely';
import type { Db, Mail } from '../../src/context.ts';
import {
  acceptInvitations,
  INVITATIONS_TASK,
  parseInvitationsJob,
} from '../../src/domain/accounts/accept-invitations.ts';
import { OWNERS_TASK, parseOwnersJob, tellOwners } from '../../src/domain/labels/tell-owners.ts';
import { MAIL_TASK, type MailJob, parseMailJob } from '../../src/domain/mail/mail-job.ts';
import { sendMail } from '../../src/domain/mail/send-mail.ts';
import { DELETION_TASK, parseDeletionJob } from '../../src/features/me/deletion/deletion-job.ts';
import { type FinishedDeletion, finishDeletion } from '../../src/features/me/deletion/finish-deletion.ts';
import type { TestServices } from './services.ts';

/** The mails that wait in the queue, in the order in which they were put there. */
export async function queuedMail(db: Db): Promise<MailJob[]> {
  const { rows } = await sql<{ payload: unknown }>`
    SELECT payload FROM graphile_worker._private_jobs AS jobs
    JOIN graphile_worker._private_tasks AS tasks ON tasks.id = jobs.task_id
    WHERE tasks.identifier = ${MAIL_TASK} ORDER BY jobs.id
  `.execute(db);
  return rows.map(({ payload }) => parseMailJob(payload));
}

/** Does the queue's work: finds whom moves are told to, sends what waits, and answers the mails that were sent. */
export async function deliverMail(services: TestServices): Promise<Mail[]> {
  const before = services.mailer.sent.length;
  for (const payload of await takeJobs(services.db, OWNERS_TASK)) await tellOwners(services, parseOwnersJob(payload));
  for (const payload of await takeJobs(services.db, MAIL_TASK)) await sendMail(services, parseMailJob(payload));
  return services.mailer.sent.slice(before);
}

/** Does the queue's work: lets those whose addresses were verified into the groups that these are invited to. */
export async function takeInvitations(services: TestServices): Promise<void> {
  for (const payload of await takeJobs(services.db, INVITATIONS_TASK)) {
    await acceptInvitations(services, parseInvitationsJob(payload));
  }
}

/**
 * Does the queue's work: finishes the deletion of accounts.
 * @param when `later`: also what is due only when calls that began before are over
 * @returns what became of what each had
 */
export async function finishDeletions(
  services: TestServices,
  when: 'now' | 'later' = 'now',
): Promise<FinishedDeletion[]> {
  const finished: (FinishedDeletion | null)[] = [];
  const before = when === 'now' ? sql`now()` : sql`'infinity'::timestamptz`;
  for (const payload of await takeJobs(services.db, DELETION_TASK, before)) {
    finished.push(await finishDeletion(services, parseDeletionJob(payload)));
  }
  return finished.filter((one) => one !== null);
}

/** The payloads of what is due `before` of one kind of work, which then waits no more. */
async function takeJobs(db: Db, task: string, before: RawBuilder<unknown> = sql`now()`): Promise<unknown[]> {
  const { rows } = await sql<{ payload: unknown }>`
    WITH taken AS (
      DELETE FROM graphile_worker._private_jobs AS jobs USING graphile_worker._private_tasks AS tasks
      WHERE tasks.id = jobs.task_id AND tasks.identifier = ${task} AND jobs.run_at <= ${before}
      RETURNING jobs.id, jobs.payload
    )
    SELECT payload FROM taken ORDER BY id
  `.execute(db);
  return rows.map(({ payload }) => payload);
}

/** The secret of the link in a mail. Throws when there is none. */
export function tokenIn(mail: Mail | undefined): string {
  const token = /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error('The mail holds no link with a token.');
  return token;
}
