import { endSessions, voidEmailTokens } from '@promptory/auth';
import type { Database } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { LockedAccount } from './lock-account.ts';

/**
 * Voids all that was begun in an account before now, when a new password, a second factor or a suspension may have been set
 * against whoever began it: ends its sessions but for one, voids the links that were mailed, and moves its security stamp,
 * without which a mail that still waits makes no link. A number rather than a time: two servers' clocks differ.
 *
 * API keys stay; see `revokeUnverifiedKeys`.
 *
 * @returns how many sessions ended
 */
export async function secureAccount(
  trx: Transaction<Database>,
  account: LockedAccount,
  { exceptSessionId }: { exceptSessionId?: string } = {},
): Promise<{ endedSessions: number }> {
  await voidMailedLinks(trx, account);
  const others = exceptSessionId === undefined ? {} : { exceptSessionId };
  return { endedSessions: await endSessions(trx, { userId: account.id, ...others }) };
}

/** Voids the links that were mailed for an account, and those of mails that still wait. */
export async function voidMailedLinks(trx: Transaction<Database>, { id: userId }: LockedAccount): Promise<void> {
  await trx
    .updateTable('users')
    .set({ security_stamp: sql<number>`security_stamp + 1` })
    .where('id', '=', userId)
    .execute();
  await voidEmailTokens(trx, { userId, purpose: 'reset_password' });
  await voidEmailTokens(trx, { userId, purpose: 'verify_email' });
}
