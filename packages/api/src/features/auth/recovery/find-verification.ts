import { findEmailToken, shownAddress } from '@promptory/auth';
import type { Context } from '../../../context.ts';

/** What a link that verifies an address is about, for who opens it. */
export interface Verification {
  /** That the link was mailed to, as people write it. */
  readonly email: string;
  /** It is to become the address of an account that has another one. */
  readonly isNew: boolean;
  /** Whether a password opens the account: none does once an address was registered twice before it was proved. */
  readonly hasPassword: boolean;
}

/**
 * Looks a link up, and spends nothing.
 * @returns null where it does not work, or no more
 */
export async function findVerification(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  token: string,
): Promise<Verification | null> {
  const link = await findEmailToken(db, { token, purpose: 'verify_email', now: clock.now() });
  if (link === null) return null;
  const account = await db
    .selectFrom('users')
    .leftJoin('user_passwords', 'user_passwords.user_id', 'users.id')
    .select(['users.email', 'user_passwords.user_id as ofPassword'])
    .where('users.id', '=', link.userId)
    .where('users.status', '=', 'active')
    .executeTakeFirst();
  if (account === undefined) return null;
  return {
    email: shownAddress(link.email),
    isNew: account.email !== link.email,
    hasPassword: account.ofPassword !== null,
  };
}
