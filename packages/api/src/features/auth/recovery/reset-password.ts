import { endSessions, redeemEmailToken, voidEmailTokens } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { ResetPasswordInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { Context } from '../../../context.ts';
import { requireNewPassword } from '../../../domain/accounts/account-input.ts';
import { setPasswordHash } from '../../../domain/accounts/current-password.ts';
import { lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { revokeUnverifiedKeys } from '../../../domain/accounts/revoke-unverified-keys.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { confirmAddress } from './confirm-address.ts';

/**
 * Uses up a mailed link to set a password. Ends every session and voids every other link, also one to a new address,
 * which whoever is being locked out may have asked for. Signs nobody in.
 *
 * @throws AppError auth.password_too_weak, auth.link_invalid
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const hash = await ctx.passwords.hash(requireNewPassword(input.password));
  const done = await recordFailure(ctx, { kind: 'reset_password' }, () =>
    retryTransaction(ctx.db, async (trx) => {
      const now = ctx.clock.now();
      const redeemed = await redeemEmailToken(trx, { token: input.token, purpose: 'reset_password', now });
      if (redeemed === null) throw new AppError('auth.link_invalid');
      const account = await lockActiveAccount(trx, redeemed.userId, 'update');
      if (account === undefined || account.email !== redeemed.email) throw new AppError('auth.link_invalid');
      const { userId } = redeemed;
      await setPasswordHash(trx, { userId, hash, now });
      const endedSessions = await endSessions(trx, { userId });
      await revokeUnverifiedKeys(trx, { userId, now });
      await voidEmailTokens(trx, { userId, purpose: 'reset_password' });
      await voidEmailTokens(trx, { userId, purpose: 'verify_email' });
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
      return redeemed;
    }),
  );
  await recordAttempt(ctx, { kind: 'reset_password', ...done });
}
