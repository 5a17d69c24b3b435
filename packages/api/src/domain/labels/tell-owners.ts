import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { SignedInContext } from '../../context.ts';
import { enqueueMails, type MailJob } from '../mail/mail-job.ts';
import { countMail } from '../mail/mail-limit.ts';

/**
 * Queues a mail to each owner of a prompt that somebody else has moved a label of: one for all prompts of theirs that were
 * moved at once, where they want such mails. A recipient gets few of them within an hour, of which the last says so, and what
 * one person causes is counted apart from the invitations that they send.
 */
export async function tellOwners(
  trx: Transaction<Database>,
  { limiter, who }: SignedInContext,
  moves: readonly { readonly id: string | null; readonly promptId: string }[],
): Promise<void> {
  const ids = moves.map(({ promptId }) => promptId);
  const { rows: owners } = await sql<{ userId: string; promptId: string }>`
    SELECT DISTINCT ON (owner.id) owner.id AS "userId", prompts.id AS "promptId"
    FROM prompts JOIN users AS owner ON owner.id = prompts.user_id
    WHERE prompts.id = ANY (${ids}::uuid[]) AND owner.id <> ${who.userId} AND owner.status = 'active'
      AND owner.email_verified_at IS NOT NULL
      AND owner.preferences #> '{emailNotifications,labelMoves}' IS DISTINCT FROM 'false'
    ORDER BY owner.id
  `.execute(trx);
  const jobs: MailJob[] = [];
  for (const { userId, promptId } of owners) {
    const moveId = moves.find((move) => move.promptId === promptId)?.id;
    if (moveId === undefined || moveId === null) continue;
    if (!(await limiter.consume('mailSender', `labels|${who.userId}`)).allowed) break;
    const counted = await countMail({ limiter }, `labels|${userId}`);
    if (counted === 'refused again') continue;
    jobs.push({ kind: 'labels_moved', userId, moveId, ...(counted === 'refused' ? { isLast: true } : {}) });
  }
  if (jobs.length > 0) await enqueueMails(trx, jobs);
}
