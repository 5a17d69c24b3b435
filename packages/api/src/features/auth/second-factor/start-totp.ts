import { startTotp as startKey } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { StartTotpInput, TotpSetup } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SessionContext } from '../../../context.ts';
import { requireCurrentPassword, requireSamePassword } from '../../../domain/accounts/current-password.ts';
import { lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import { recordFailure } from '../record-attempt.ts';

/**
 * Makes a key for the caller's authenticator, which counts for nothing until a code is confirmed. The address must be
 * verified: else who registers somebody's address could keep them out of it for good.
 *
 * @throws AppError auth.invalid_credentials, limit.exceeded, auth.email_not_verified, auth.second_factor_on
 */
export function startTotp(ctx: SessionContext, { currentPassword }: StartTotpInput): Promise<TotpSetup> {
  const { userId } = ctx.who;
  return recordFailure(ctx, { kind: 'second_factor', userId }, async () => {
    const provedHash = await requireCurrentPassword(ctx, currentPassword, 'currentPassword');
    return retryTransaction(ctx.db, async (trx) => {
      const account = await lockOwnAccount(trx, ctx);
      requireSamePassword(account, provedHash);
      if (!account.isVerified) throw new AppError('auth.email_not_verified');
      const now = ctx.clock.now();
      const setup = await startKey(trx, { userId, account: account.email, box: ctx.secretBox, now });
      if (setup === null) throw new AppError('auth.second_factor_on');
      await recordAudit(trx, ctx, { action: 'user.second_factor_started', targetType: 'user', targetId: userId });
      return { ...setup, expiresAt: setup.expiresAt.toISOString() };
    });
  });
}
