import { findEmailToken, redeemEmailToken } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type { Transaction } from 'kysely';
import { type LockedAccount, lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import type { MailedLink } from './prove-by-link.ts';

/**
 * Uses up a mailed link under the lock of its account, whose holder before may have voided it.
 *
 * @returns the account, and the address that the link was mailed to
 * @throws AppError auth.link_invalid
 */
export async function redeemLink(
  trx: Transaction<Database>,
  link: MailedLink,
): Promise<{ account: LockedAccount; email: string }> {
  const found = await findEmailToken(trx, link);
  const account = found === null ? undefined : await lockActiveAccount(trx, found.userId, 'update');
  const redeemed = account === undefined ? null : await redeemEmailToken(trx, link);
  if (account === undefined || redeemed === null) throw new AppError('auth.link_invalid');
  return { account, email: redeemed.email };
}
