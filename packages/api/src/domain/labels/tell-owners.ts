// Who is told of moves, and how often, a job finds out: limits may be counted in another process, and whoever moves a label holds the
// row of its prompt, for which others wait.
import { type Database, retryTransaction } from '@promptory/db';
import { Id } from '@promptory/schemas';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Db, Services, SignedInContext } from '../../context.ts';
import { enqueueMails, type MailJob } from '../mail/mail-job.ts';
import { countMail } from '../mail/mail-limit.ts';

export const OWNERS_TASK = 'tell_owners';

/** As late as the mails that it comes to. */
const PRIORITY = 10;

/** `moveId`: of the move of a label, or of any of a release. */
const OwnersJob = z.strictObject({ moveId: Id, movedBy: Id });
export type OwnersJob = Readonly<z.infer<typeof OwnersJob>>;

/**
 * What the queue hands back.
 * @throws ZodError when it is not a job of ours
 */
export const parseOwnersJob = (payload: unknown): OwnersJob => OwnersJob.parse(payload);

/** Whether a row of `owner` is somebody else than who moved labels, and wants such mails. */
const isConcerned = (movedBy: string): RawBuilder<boolean> => sql<boolean>`(
  owner.id <> ${movedBy}::uuid AND owner.status = 'active' AND owner.email_verified_at IS NOT NULL
    AND owner.preferences #> '{emailNotifications,labelMoves}' IS DISTINCT FROM 'false'
)`;

/** Has a job tell the owners of prompts of which somebody else has moved a label, where there are any. */
export async function enqueueOwners(
  trx: Transaction<Database>,
  { who }: Pick<SignedInContext, 'who'>,
  moves: readonly { readonly id: string | null; readonly promptId: string }[],
): Promise<void> {
  const moveId = moves.find(({ id }) => id !== null)?.id ?? null;
  if (moveId === null) return;
  const job: OwnersJob = { moveId, movedBy: who.userId };
  await sql`
    SELECT graphile_worker.add_job(${OWNERS_TASK}, ${JSON.stringify(job)}::json, priority => ${PRIORITY})
    WHERE EXISTS (
      SELECT FROM prompts JOIN users AS owner ON owner.id = prompts.user_id
      WHERE prompts.id = ANY (${moves.map(({ promptId }) => promptId)}::uuid[]) AND ${isConcerned(who.userId)}
    )
  `.execute(trx);
}

/**
 * Queues a mail to each owner of a prompt that somebody else has moved a label of: one for all prompts of theirs that were
 * moved at once, where they want such mails. A recipient gets few of them within an hour, of which the last says so, and what
 * one person causes is counted apart from the invitations that they send.
 */
export async function tellOwners({ db, limiter }: Pick<Services, 'db' | 'limiter'>, job: OwnersJob): Promise<void> {
  const { moveId, movedBy } = job;
  const jobs: MailJob[] = [];
  for (const userId of await ownersOf(db, job)) {
    if (!(await limiter.consume('mailSender', `labels|${movedBy}`)).allowed) break;
    const counted = await countMail({ limiter }, `labels|${userId}`);
    if (counted === 'refused again') continue;
    jobs.push({ kind: 'labels_moved', userId, moveId, ...(counted === 'refused' ? { isLast: true } : {}) });
  }
  if (jobs.length > 0) await retryTransaction(db, (trx) => enqueueMails(trx, jobs));
}

async function ownersOf(db: Db, { moveId, movedBy }: OwnersJob): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT DISTINCT owner.id
    FROM label_moves AS asked
    JOIN label_moves AS move ON move.id = asked.id OR move.release_id = asked.release_id
    JOIN prompts ON prompts.id = move.prompt_id JOIN users AS owner ON owner.id = prompts.user_id
    WHERE asked.id = ${moveId}::uuid AND ${isConcerned(movedBy)}
    ORDER BY owner.id
  `.execute(db);
  return rows.map(({ id }) => id);
}
