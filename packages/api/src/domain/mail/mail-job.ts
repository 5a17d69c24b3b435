import type { Database } from '@promptory/db';
import { Id, Timestamp } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';

const Address = z.string().min(3).max(254);

/** A mail to be written when it is sent. It holds no secret: tokens are made by the job, so that none rests in the queue. */
const MailJob = z.discriminatedUnion('kind', [
  /** `email`: where to. A new address, asked for when the account's security stamp was this, is not the account's yet. */
  z.strictObject({
    kind: z.literal('verify_email'),
    userId: Id,
    email: Address,
    securityStamp: z.int().min(0).optional(),
    // What a release before wrote in place of the stamp; it moves no address any more.
    requestedAt: Timestamp.optional(),
  }),
  // Queued for an unknown address too, so that both take the same time; the job then sends nothing.
  z.strictObject({ kind: z.literal('reset_password'), email: Address }),
  z.strictObject({ kind: z.literal('resend_verification'), email: Address }),
  z.strictObject({ kind: z.literal('already_registered'), userId: Id }),
  z.strictObject({ kind: z.literal('not_invited'), email: Address }),
  z.strictObject({ kind: z.literal('password_changed'), userId: Id }),
  z.strictObject({ kind: z.literal('security_mails_off'), userId: Id }),
  /** `email`: the former address, where the notice goes. */
  z.strictObject({ kind: z.literal('email_changed'), userId: Id, email: Address }),
  /** `email`: the address that the account had. */
  z.strictObject({ kind: z.literal('account_deleted'), email: Address, at: Timestamp }),
  /** `at`: when it happened, for the mail may come later. */
  z.strictObject({
    kind: z.literal('second_factor'),
    userId: Id,
    event: z.enum(['on', 'off', 'recovery_code_used', 'recovery_codes_renewed', 'guessed_at']),
    at: Timestamp,
  }),
  z.strictObject({ kind: z.literal('group_invitation'), invitationId: Id }),
  z.strictObject({ kind: z.literal('group_shared'), groupId: Id, userId: Id, sharedBy: Id }),
  /**
   * `moveId`: of the move of a label, or of any of a release: the mail tells of all that are the user's. `isLast`: the user
   * gets no more of them for a while.
   */
  z.strictObject({ kind: z.literal('labels_moved'), userId: Id, moveId: Id, isLast: z.boolean().optional() }),
  /** `day`: of UTC, that is over. */
  z.strictObject({ kind: z.literal('daily_summary'), userId: Id, day: z.iso.date().max(10) }),
]);
export type MailJob = Readonly<z.infer<typeof MailJob>>;

export const MAIL_TASK = 'send_mail';

// The lower, the sooner. Other work of the queue has 0.
const PRIORITY = { ownAccount: -10, canWait: 10 } as const;

/** What others cause, and what is of yesterday. */
const CAN_WAIT: ReadonlySet<MailJob['kind']> = new Set([
  'daily_summary',
  'group_invitation',
  'group_shared',
  'labels_moved',
  'not_invited',
]);

/** Thousands of mails that somebody caused for others may wait: nobody's link to get into their own account waits behind. */
const priorityOf = ({ kind }: MailJob): number => (CAN_WAIT.has(kind) ? PRIORITY.canWait : PRIORITY.ownAccount);

/** Queues a mail in the action's own transaction: it goes out only when the action happened. */
export const enqueueMail = (trx: Transaction<Database>, job: MailJob): Promise<void> => enqueueMails(trx, [job]);

/** Queues some, by one statement. */
export async function enqueueMails(trx: Transaction<Database>, jobs: readonly MailJob[]): Promise<void> {
  const mails = JSON.stringify(jobs.map((job) => ({ job, priority: priorityOf(job) })));
  await sql`
    SELECT graphile_worker.add_job(${MAIL_TASK}, mail.job, max_attempts => 12, priority => mail.priority)
    FROM ROWS FROM (json_to_recordset(${mails}::json) AS (job json, priority integer)) WITH ORDINALITY AS mail (job, priority, place)
    ORDER BY place
  `.execute(trx);
}

/**
 * What the queue hands back.
 * @throws ZodError when it is not a job of ours
 */
export const parseMailJob = (payload: unknown): MailJob => MailJob.parse(payload);
