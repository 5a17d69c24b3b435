import type { Database } from '@promptory/db';
import { fault } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { consumeLimit } from '../../call-limits.ts';
import type { Context, Db, SessionContext } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { requireOtherPassword, typedPassword } from './account-input.ts';
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
 * Sees whether a password is the account's. Counted by account and by what it is asked for, so that guesses at one lock the
 * owner out of no other.
 *
 * @returns the hash that it matched, for `requireSamePassword` in the transaction that acts
 * @throws AppError auth.invalid_credentials, limit.exceeded
 */
export async function requirePassword(
  ctx: Context,
  { userId, countedAs }: { userId: string; countedAs: 'session' | 'link' },
  { password, path }: { password: string; path: string },
): Promise<string> {
  await consumeLimit(ctx, 'login', `${countedAs}|${userId}`);
  const hash = await findPasswordHash(ctx.db, userId);
  const typed = typedPassword(password);
  const isRight = hash === null ? await ctx.passwords.verifyNothing(typed) : await ctx.passwords.verify(hash, typed);
  if (hash === null || !isRight) {
    throw new AppError('auth.invalid_credentials', {
      message: 'The password of the account is not right.',
      errors: [{ path, ...fault('wrong_password') }],
    });
  }
  return hash;
}

/**
 * Refuses a new password that is the one which the account has: whoever chooses another is rid of who knew the former. Guesses
 * at that are counted by themselves, so that guesses at the password by the same link keep nobody from choosing another.
 *
 * @throws AppError auth.password_too_weak, limit.exceeded
 */
export async function requireReplacing(
  ctx: Context,
  userId: string,
  { password, path }: { password: string; path: string },
): Promise<void> {
  await consumeLimit(ctx, 'login', `replaced|${userId}`);
  const hash = await findPasswordHash(ctx.db, userId);
  requireOtherPassword(hash !== null && (await ctx.passwords.verify(hash, password)), path);
}

/** Has the person in a session prove again who they are; see `requirePassword`. */
export const requireCurrentPassword = (ctx: SessionContext, password: string, path: string): Promise<string> =>
  requirePassword(ctx, { userId: ctx.who.userId, countedAs: 'session' }, { password, path });

/**
 * Sees under the lock that the password which a call has proved is still the account's.
 * @throws AppError auth.invalid_credentials
 */
export function requireSamePassword({ passwordHash }: LockedAccount, provedHash: string): void {
  if (passwordHash !== provedHash) throw new AppError('auth.invalid_credentials');
}
