import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';

/** A mail to be written when it is sent. It holds no secret: tokens are made by the job, so that none rests in the queue. */
export type MailJob =
  /** `email`: where to; a new address is not the account's yet. */
  | { readonly kind: 'verify_email'; readonly userId: string; readonly email: string }
  /** Queued for an unknown address too, so that both take the same time; the job then sends nothing. */
  | { readonly kind: 'reset_password'; readonly email: string }
  | { readonly kind: 'already_registered'; readonly userId: string }
  | { readonly kind: 'password_changed'; readonly userId: string }
  | { readonly kind: 'group_invitation'; readonly invitationId: string }
  | { readonly kind: 'group_shared'; readonly groupId: string; readonly userId: string; readonly sharedBy: string };

export const MAIL_TASK = 'send_mail';

/** Queues a mail in the action's own transaction: it goes out only when the action happened. */
export async function enqueueMail(trx: Transaction<Database>, job: MailJob): Promise<void> {
  await sql`SELECT graphile_worker.add_job(${MAIL_TASK}, ${JSON.stringify(job)}::json, max_attempts => 12)`.execute(
    trx,
  );
}
