import { findEmailToken } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { ResetPasswordInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { requireNewPassword } from '../../../domain/accounts/account-input.ts';
import { requireReplacing, setPasswordHash } from '../../../domain/accounts/current-password.ts';
import { revokeUnverifiedKeys } from '../../../domain/accounts/revoke-unverified-keys.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { confirmAddress } from './confirm-address.ts';
import { proveByLink } from './prove-by-link.ts';
import { redeemLink } from './redeem-link.ts';

/**
 * Uses up a mailed link to set a password. Ends every session and voids every other link, also one to a new address,
 * which whoever is being locked out may have asked for. Signs nobody in.
 *
 * @throws AppError auth.password_too_weak, auth.link_invalid
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const link = { token: input.token, purpose: 'reset_password', now: ctx.clock.now() } as const;
  const found = await findEmailToken(ctx.db, link);
  const password = requireNewPassword(input.password, found?.email);
  const done = await recordFailure(ctx, { kind: 'reset_password' }, async () => {
    if (found !== null) {
      await proveByLink(ctx, link, () => requireReplacing(ctx, found.userId, { password, path: 'password' }));
    }
    const hash = await ctx.passwords.hash(password);
    return retryTransaction(ctx.db, async (trx) => {
      const { now } = link;
      const { account, email } = await redeemLink(trx, link);
      if (account.email !== email) throw new AppError('auth.link_invalid');
      const userId = account.id;
      await setPasswordHash(trx, account, { hash, now });
      const { endedSessions } = await secureAccount(trx, account);
      await revokeUnverifiedKeys(trx, { userId, now });
      await recordAudit(trx, ctx, {
        action: 'user.password_reset',
        targetType: 'user',
        targetId: userId,
        details: { endedSessions },
        actorId: userId,
      });
      await enqueueMail(trx, { kind: 'password_changed', userId });
      // Whoever opened the link reads the mails of the address.
      await confirmAddress(trx, ctx, account, account.email);
      return { userId, email };
    });
  });
  await recordAttempt(ctx, { kind: 'reset_password', ...done });
}
