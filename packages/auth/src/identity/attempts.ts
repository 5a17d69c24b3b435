import { type Database, newId } from '@promptory/db';
import type { Kysely } from 'kysely';
import { type CallerOrigin, originColumns } from './caller-origin.ts';

export type AttemptKind =
  | 'register'
  | 'login'
  | 'refresh'
  | 'forgot_password'
  | 'reset_password'
  | 'verify_email'
  | 'change_password'
  | 'second_factor';

export interface Attempt extends CallerOrigin {
  kind: AttemptKind;
  succeeded: boolean;
  /** Why it failed, as a short code such as `wrong_password`; never anything the caller typed. */
  reason?: string | null;
  /** As the normaliser made it; leave it out when the text was no address, for it may be a password. */
  email?: string | null;
  userId?: string | null;
  now: Date;
}

/** How long an attempt is stored: long enough to look into an incident, for it holds addresses of people. */
const ATTEMPT_DAYS = 90;
const ROWS_A_STATEMENT = 1_000;

/** Records one attempt to prove who one is. Pass the pool, not a transaction that a failed attempt would undo. */
export async function insertAttempt(db: Kysely<Database>, attempt: Attempt): Promise<void> {
  await db
    .insertInto('auth_attempts')
    .values({
      id: newId(),
      kind: attempt.kind,
      succeeded: attempt.succeeded,
      reason: attempt.reason?.slice(0, 100) ?? null,
      email: attempt.email ?? null,
      user_id: attempt.userId ?? null,
      ...originColumns(attempt),
      occurred_at: attempt.now.toISOString(),
    })
    .execute();
}

/**
 * Removes attempts of more than 90 days before `now`, the oldest first. For a daily job.
 * @returns how many were removed
 */
export async function deleteOldAttempts(db: Kysely<Database>, now: Date): Promise<number> {
  const horizon = new Date(now.getTime() - ATTEMPT_DAYS * 24 * 3_600_000).toISOString();
  for (let deleted = 0; ; ) {
    const { numDeletedRows } = await db
      .deleteFrom('auth_attempts')
      .where('id', 'in', (old) =>
        old
          .selectFrom('auth_attempts')
          .select('id')
          .where('occurred_at', '<', horizon)
          .orderBy('occurred_at')
          .limit(ROWS_A_STATEMENT),
      )
      .executeTakeFirstOrThrow();
    deleted += Number(numDeletedRows);
    if (numDeletedRows < ROWS_A_STATEMENT) return deleted;
  }
}
