import { endSessions, voidEmailTokens } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { ChangePasswordInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { requireNewPassword } from '../../../domain/accounts/account-input.ts';
import {
  findPasswordHash,
  requireCurrentPassword,
  setPasswordHash,
} from '../../../domain/accounts/current-password.ts';
import { lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';

/**
 * Changes the caller's password, ends their other sessions and voids the links that were mailed before.
 * @throws AppError auth.password_too_weak, limit.exceeded, auth.invalid_credentials
 */
export async function changePassword(ctx: SessionContext, input: ChangePasswordInput): Promise<void> {
  const { userId, sessionId } = ctx.principal;
  const password = requireNewPassword(input.newPassword, 'newPassword');
  await recordFailure(ctx, { kind: 'change_password', userId }, async () => {
    const formerHash = await requireCurrentPassword(ctx, input.currentPassword, 'currentPassword');
    const hash = await ctx.passwords.hash(password);
    await retryTransaction(ctx.db, async (trx) => {
      const account = await lockActiveAccount(trx, userId, 'update');
      if (account === undefined || (await findPasswordHash(trx, userId)) !== formerHash) {
        throw new AppError('auth.invalid_credentials');
      }
      await setPasswordHash(trx, { userId, hash, now: ctx.clock.now() });
      const endedSessions = await endSessions(trx, { userId, exceptSessionId: sessionId });
      await voidEmailTokens(trx, { userId, purpose: 'reset_password' });
      // Whoever knew the former password may have asked for another address.
      await voidEmailTokens(trx, { userId, purpose: 'verify_email' });
      await recordAudit(trx, ctx, {
        action: 'user.password_changed',
        targetType: 'user',
        targetId: userId,
        details: { endedSessions },
      });
      await enqueueMail(trx, { kind: 'password_changed', userId });
      if (!account.isVerified) await enqueueMail(trx, { kind: 'verify_email', userId, email: account.email });
    });
  });
  await recordAttempt(ctx, { kind: 'change_password', userId });
}
