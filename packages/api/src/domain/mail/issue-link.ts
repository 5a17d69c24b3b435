import { type EmailTokenPurpose, issueEmailToken } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { Services } from '../../context.ts';
import { type LockedAccount, lockActiveAccount } from '../accounts/lock-account.ts';

type LinkServices = Pick<Services, 'db' | 'clock' | 'settings'>;

/** What a link is for, and the address that it may be mailed to. */
export interface Link {
  readonly purpose: EmailTokenPurpose;
  readonly email: string;
}

/** A link that may be mailed, and the account as it was when it was made. */
export interface IssuedLink {
  readonly account: LockedAccount;
  readonly to: string;
  readonly url: string;
}

const pages: Readonly<Record<EmailTokenPurpose, string>> = {
  verify_email: '/verify-email',
  reset_password: '/reset-password',
};

/** The address of a page, where the product is reached. */
export function pageUrl({ settings }: Pick<Services, 'settings'>, path: string): string {
  return `${/^.*[^/]/s.exec(settings.publicUrl)?.[0] ?? ''}${path}`;
}

/**
 * Makes the link of a mail. Whether one may be made is decided under the lock of the account, in the transaction that makes
 * it: what voids links takes the same lock, so a link is either not made or voided.
 *
 * @param choose what link the account as it is now gets, or null for none
 */
export async function issueLink(
  services: LinkServices,
  of: { readonly id: string } | { readonly email: string },
  choose: (account: LockedAccount) => Link | null,
): Promise<IssuedLink | null> {
  const now = services.clock.now();
  return retryTransaction(services.db, async (trx) => {
    const users = trx.selectFrom('users').select('id');
    const named = 'id' in of ? of : await users.where('email', '=', of.email).executeTakeFirst();
    const account = named === undefined ? undefined : await lockActiveAccount(trx, named.id, 'update');
    if (account === undefined || ('email' in of && account.email !== of.email)) return null;
    const link = choose(account);
    if (link === null) return null;
    const { token } = await issueEmailToken(trx, { userId: account.id, ...link, now });
    return { account, to: link.email, url: `${pageUrl(services, pages[link.purpose])}?token=${token}` };
  });
}
