import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import { consumeLimit } from '../../call-limits.ts';
import type { Db, SessionContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { typedPassword } from './account-input.ts';
import type { LockedAccount } from './lock-account.ts';

export async function findPasswordHash(db: Db, userId: string): Promise<string | null> {
  const row = await db.selectFrom('user_passwords').select('hash').where('user_id', '=', userId).executeTakeFirst();
  return row?.hash ?? null;
}

export async function setPasswordHash(
  trx: Transaction<Database>,
  { id: userId }: LockedAccount,
  { hash, now }: { hash: string; now: Date },
): Promise<void> {
  await trx
    .insertInto('user_passwords')
    .values({ user_id: userId, hash, changed_at: now })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash, changed_at: now }))
    .execute();
}

/**
 * Has the person in a session prove again who they are. Counted apart from log-ins, so that guesses at the log-in do not
 * lock the owner out of this.
 *
 * @returns the hash that the password matched, for `requireSamePassword` in the transaction that acts
 * @throws AppError auth.invalid_credentials, limit.exceeded
 */
export async function requireCurrentPassword(ctx: SessionContext, password: string, path: string): Promise<string> {
  const { userId } = ctx.who;
  await consumeLimit(ctx, 'login', `session|${userId}`);
  const hash = await findPasswordHash(ctx.db, userId);
  const typed = typedPassword(password);
  const isRight = hash === null ? await ctx.passwords.verifyNothing(typed) : await ctx.passwords.verify(hash, typed);
  if (hash === null || !isRight) {
    throw new AppError('auth.invalid_credentials', {
      message: 'The current password is not right.',
      errors: [{ path, message: 'Is not the current password' }],
    });
  }
  return hash;
}

/**
 * Sees under the lock that the password which a call has proved is still the account's.
 * @throws AppError auth.invalid_credentials
 */
export function requireSamePassword({ passwordHash }: LockedAccount, provedHash: string): void {
  if (passwordHash !== provedHash) throw new AppError('auth.invalid_credentials');
}
