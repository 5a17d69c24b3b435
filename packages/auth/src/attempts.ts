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

/** Writes down one attempt to prove who one is. Pass the pool, not a transaction that a failed attempt would undo. */
export async function recordAttempt(db: Kysely<Database>, attempt: Attempt): Promise<void> {
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
