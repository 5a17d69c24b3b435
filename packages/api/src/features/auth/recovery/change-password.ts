import { retryTransaction } from '@promptory/db';
import type { ChangePasswordInput } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { requireNewPassword, requireOtherPassword, typedPassword } from '../../../domain/accounts/account-input.ts';
import {
  requireCurrentPassword,
  requireSamePassword,
  setPasswordHash,
} from '../../../domain/accounts/current-password.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { secureAccount } from '../../../domain/accounts/secure-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { consumeMailLimit } from '../../../domain/mail/mail-limit.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';

/**
 * Changes the caller's password, ends their other sessions and voids the links that were mailed before.
 * @throws AppError auth.password_too_weak, limit.exceeded, auth.invalid_credentials, auth.session_ended
 */
export async function changePassword(ctx: SessionContext, input: ChangePasswordInput): Promise<void> {
  const { userId, sessionId } = ctx.principal;
  const password = requireNewPassword(input.newPassword, undefined, 'newPassword');
  await recordFailure(ctx, { kind: 'change_password', userId }, async () => {
    const formerHash = await requireCurrentPassword(ctx, input.currentPassword, 'currentPassword');
    requireOtherPassword(password === typedPassword(input.currentPassword), 'newPassword');
    const hash = await ctx.passwords.hash(password);
    await retryTransaction(ctx.db, async (trx) => {
      const account = await lockOwnAccount(trx, ctx);
      requireSamePassword(account, formerHash);
      requireNewPassword(password, account.email, 'newPassword');
      await setPasswordHash(trx, account, { hash, now: ctx.clock.now() });
      // Whoever knew the former password may have asked for another address.
      const { endedSessions } = await secureAccount(trx, account, { exceptSessionId: sessionId });
      await recordAudit(trx, ctx, {
        action: 'user.password_changed',
        targetType: 'user',
        targetId: userId,
        details: { endedSessions },
      });
      await enqueueMail(trx, { kind: 'password_changed', userId });
      const isLinkDue = !account.isVerified && (await consumeMailLimit(ctx, `verify|${account.email}`));
      if (isLinkDue) await enqueueMail(trx, { kind: 'verify_email', userId, email: account.email });
    });
  });
  await recordAttempt(ctx, { kind: 'change_password', userId });
}
