import { findEmailToken } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import { fault, type VerifyEmailInput } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { requireNewPassword } from '../../../domain/accounts/account-input.ts';
import {
  findPasswordHash,
  requirePassword,
  requireReplacing,
  requireSamePassword,
  setPasswordHash,
} from '../../../domain/accounts/current-password.ts';
import type { LockedAccount } from '../../../domain/accounts/lock-account.ts';
import { revokeUnverifiedKeys } from '../../../domain/accounts/revoke-unverified-keys.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { confirmAddress } from './confirm-address.ts';
import { type MailedLink, proveByLink } from './prove-by-link.ts';
import { redeemLink } from './redeem-link.ts';

/** By what somebody shows that the account is theirs, beside the link. */
type OwnerProof = { readonly provedHash: string } | { readonly newHash: string };

/**
 * Uses up the link that was mailed to an address. Who opens it reads the mails of the address; whether they registered with
 * it the link does not say, so they prove the password of the account, or choose a new one, which puts out whoever did.
 *
 * @throws AppError auth.link_invalid, auth.password_too_weak, auth.invalid_credentials, limit.exceeded, auth.email_taken
 */
export async function verifyEmail(ctx: Context, input: VerifyEmailInput): Promise<void> {
  const link = { token: input.token, purpose: 'verify_email', now: ctx.clock.now() } as const;
  const attempt = { kind: 'verify_email', ...(await findEmailToken(ctx.db, link)) } as const;
  await recordFailure(ctx, attempt, async () => {
    const proof = await proveOwner(ctx, { ...attempt, link }, input);
    await retryTransaction(ctx.db, async (trx) => {
      const { account, email } = await redeemLink(trx, link);
      if ('newHash' in proof) await replacePassword(trx, ctx, account, { email, hash: proof.newHash });
      else requireSamePassword(account, proof.provedHash);
      await confirmAddress(trx, ctx, account, email);
    });
  });
  await recordAttempt(ctx, attempt);
}

async function proveOwner(
  ctx: Context,
  { userId, email, link }: { userId?: string; email?: string; link: MailedLink },
  { password, newPassword }: VerifyEmailInput,
): Promise<OwnerProof> {
  // Refused before it is hashed, and without spending the link.
  const chosen = newPassword === undefined ? null : requireNewPassword(newPassword, email, 'newPassword');
  if (userId === undefined) throw new AppError('auth.link_invalid');
  return proveByLink(ctx, link, async () => {
    if (chosen !== null) {
      await requireReplacing(ctx, userId, { password: chosen, path: 'newPassword' });
      return { newHash: await ctx.passwords.hash(chosen) };
    }
    if ((await findPasswordHash(ctx.db, userId)) === null) throw registeredTwice();
    const given = { password: password ?? '', path: 'password' };
    return { provedHash: await requirePassword(ctx, { userId, countedAs: 'link' }, given) };
  });
}

/** An account has no password once its address was registered again before it was proved. */
const registeredTwice = () =>
  new AppError('auth.invalid_credentials', {
    message:
      'The address was registered more than once, so no password given so far counts: choose one by `newPassword`.',
    errors: [{ path: 'password', ...fault('not_allowed', {}, 'Counts no more: give `newPassword` in its place') }],
  });

/**
 * Sets the password of an account whose address was never proved, by the first who proves it: sessions, links and API keys of
 * before end. A link to a *new* address proves nothing of the account, for it may have been mailed to a stranger by mistake.
 */
async function replacePassword(
  trx: Transaction<Database>,
  ctx: Context,
  account: LockedAccount,
  { email, hash }: { email: string; hash: string },
): Promise<void> {
  if (account.isVerified || account.email !== email) {
    throw new AppError('auth.invalid_credentials', {
      message: 'This link takes the password of the account, not a new one.',
      errors: [{ path: 'newPassword', ...fault('not_allowed', {}, 'Give the password that the account has') }],
    });
  }
  const now = ctx.clock.now();
  await setPasswordHash(trx, account, { hash, now });
  const { endedSessions } = await secureAccount(trx, account);
  await revokeUnverifiedKeys(trx, { userId: account.id, now });
  await recordAudit(trx, ctx, {
    action: 'user.password_chosen',
    targetType: 'user',
    targetId: account.id,
    details: { endedSessions },
    actorId: account.id,
  });
}
