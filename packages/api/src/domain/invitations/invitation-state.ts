import type { InvitationState } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../context.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** How long an invitation can be answered, and how long after that its sender is told what became of it. */
const OPEN_DAYS = 30;
const KEPT_DAYS = 30;

/** Until when an invitation that is sent now can be answered. */
export const invitationEnd = (now: Date): Date => new Date(now.getTime() + OPEN_DAYS * DAY_MS);

/** Whether a row of `group_invitations` can still be answered. */
export const isOpen = (now: Date): RawBuilder<boolean> =>
  sql<boolean>`(group_invitations.answer IS NULL AND group_invitations.expires_at > ${now.toISOString()}::timestamptz)`;

/** What became of one. */
export const stateOf = (now: Date): RawBuilder<InvitationState> => sql<InvitationState>`coalesce(
  group_invitations.answer, CASE WHEN ${isOpen(now)} THEN 'pending' ELSE 'expired' END
)`;

/**
 * Removes invitations that could be answered until a month ago, whatever became of them. For a daily job.
 * @returns how many were removed
 */
export async function deleteOldInvitations(db: Db, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('group_invitations')
    .where('expires_at', '<=', new Date(now.getTime() - KEPT_DAYS * DAY_MS).toISOString())
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
