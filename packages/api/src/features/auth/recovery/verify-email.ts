import { redeemEmailToken } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import type { VerifyEmailInput } from '@promptory/schemas';
import type { Context } from '../../../context.ts';
import { lockActiveAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { confirmAddress } from './confirm-address.ts';

/**
 * Uses up the link that was mailed to an address.
 * @throws AppError auth.link_invalid, auth.email_taken
 */
export async function verifyEmail(ctx: Context, { token }: VerifyEmailInput): Promise<void> {
  const verified = await recordFailure(ctx, { kind: 'verify_email' }, () =>
    retryTransaction(ctx.db, async (trx) => {
      const redeemed = await redeemEmailToken(trx, { token, purpose: 'verify_email', now: ctx.clock.now() });
      if (redeemed === null) throw new AppError('auth.link_invalid');
      const account = await lockActiveAccount(trx, redeemed.userId, 'update');
      if (account === undefined) throw new AppError('auth.link_invalid');
      await confirmAddress(trx, ctx, account, redeemed.email);
      return redeemed;
    }),
  );
  await recordAttempt(ctx, { kind: 'verify_email', ...verified });
}
