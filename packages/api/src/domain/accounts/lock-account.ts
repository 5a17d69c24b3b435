import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { SessionContext } from '../../context.ts';
import { AppError } from '../../errors.ts';

export interface LockedAccount {
  readonly id: string;
  readonly email: string;
  readonly isVerified: boolean;
}

type Mode = 'share' | 'update';

/**
 * Locks an active account until the transaction ends: `share` to rely on what it is, `update` to change it. Whatever
 * starts or ends sessions for the sake of a password takes it first.
 */
export async function lockActiveAccount(
  trx: Transaction<Database>,
  userId: string,
  mode: Mode,
): Promise<LockedAccount | undefined> {
  return trx
    .selectFrom('users')
    .select(['id', 'email', sql<boolean>`email_verified_at IS NOT NULL`.as('isVerified')])
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .$if(mode === 'share', (query) => query.forShare())
    .$if(mode === 'update', (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
}

/**
 * Locks the caller's own account, and sees that their session was not ended while the lock was waited for: else what a
 * thief had begun would be done after the owner's new password or second factor has put them out.
 *
 * @throws AppError auth.session_ended
 */
export async function lockOwnAccount(
  trx: Transaction<Database>,
  { principal }: SessionContext,
  mode: Mode,
): Promise<LockedAccount> {
  const { userId, sessionId } = principal;
  const account = await lockActiveAccount(trx, userId, mode);
  // In a statement of its own, which sees what the lock's last holder did.
  const session = await trx
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (account === undefined || session === undefined) throw new AppError('auth.session_ended');
  return account;
}
