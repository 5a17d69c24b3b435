/**
 * Whatever changes an account, or makes a secret of it, holds its lock, and looks at it again once it does. What a call saw
 * before (its session, a password that it hashed for fifty milliseconds, the address of a mail) may have been overtaken: by
 * the owner's reset, a second factor, a suspension, a demotion. So the functions that write take a `LockedAccount`, which only
 * this file makes, and what is done in a session takes an `OwnAccount`, for which the guard has let the caller in again.
 *
 * The lock is the row in `users`. It is taken before any other row of the account (links, sessions, factor), so that two
 * actions wait for each other rather than deadlock.
 */
import { lockLiveSession } from '@promptory/auth';
import { type Database, takeTurn } from '@promptory/db';
import type { UserRole, UserStatus } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { admitAgain } from '../../access/admit-again.ts';
import type { SessionContext } from '../../context.ts';
import { AppError } from '../../errors.ts';

declare const underLock: unique symbol;
declare const inOwnSession: unique symbol;

/** An account as it is now and stays until the transaction ends. */
export interface LockedAccount {
  readonly [underLock]: true;
  readonly id: string;
  readonly email: string;
  readonly role: UserRole;
  readonly status: UserStatus;
  readonly isVerified: boolean;
  readonly passwordHash: string | null;
  /** See `secureAccount`. */
  readonly securityStamp: number;
}

/** The caller's own account, in a session that lives and may still do what the call does. */
export interface OwnAccount extends LockedAccount {
  readonly [inOwnSession]: true;
}

/** `share`: to rely on what it is. `update`: to change it. */
type Mode = 'share' | 'update';

/** Locks an account, whatever its status, until the transaction ends. */
export async function lockAccount(
  trx: Transaction<Database>,
  userId: string,
  mode: Mode,
): Promise<LockedAccount | undefined> {
  if (mode === 'update') takeTurn(trx, `user|${userId}`);
  await trx
    .selectFrom('users')
    .select('id')
    .where('id', '=', userId)
    .$if(mode === 'share', (query) => query.forShare())
    .$if(mode === 'update', (query) => query.forNoKeyUpdate())
    .execute();
  // In a statement of its own, which sees what the lock's last holder did to other tables too.
  const account: Omit<LockedAccount, typeof underLock> | undefined = await trx
    .selectFrom('users')
    .leftJoin('user_passwords', 'user_passwords.user_id', 'users.id')
    .select([
      'users.id as id',
      'users.email as email',
      sql<UserRole>`users.role`.as('role'),
      sql<UserStatus>`users.status`.as('status'),
      sql<boolean>`users.email_verified_at IS NOT NULL`.as('isVerified'),
      'user_passwords.hash as passwordHash',
      'users.security_stamp as securityStamp',
    ])
    .where('users.id', '=', userId)
    .executeTakeFirst();
  return account as LockedAccount | undefined;
}

/** Locks an account, if it is active. */
export async function lockActiveAccount(
  trx: Transaction<Database>,
  userId: string,
  mode: Mode,
): Promise<LockedAccount | undefined> {
  const account = await lockAccount(trx, userId, mode);
  return account?.status === 'active' ? account : undefined;
}

/**
 * Locks the caller's own account to change it, and lets the caller in again: the session must not have ended while the lock
 * was waited for, and must have proved what the procedure asks for. The session's own end waits for this transaction.
 *
 * @throws AppError auth.session_ended, and what the guard throws
 */
export async function lockOwnAccount(trx: Transaction<Database>, ctx: SessionContext): Promise<OwnAccount> {
  const { userId, sessionId } = ctx.principal;
  const account = await lockActiveAccount(trx, userId, 'update');
  const session = await lockLiveSession(trx, { userId, sessionId, now: ctx.clock.now() });
  if (account === undefined || session === null) throw new AppError('auth.session_ended');
  await admitAgain(trx, ctx, account);
  return account as OwnAccount;
}
