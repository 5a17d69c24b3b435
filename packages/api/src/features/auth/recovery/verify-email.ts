import { retryTransaction } from '@promptory/db';
import type { VerifyEmailInput } from '@promptory/schemas';
import type { Context } from '../../../context.ts';
import { recordAttempt, recordFailure } from '../record-attempt.ts';
import { confirmAddress } from './confirm-address.ts';
import { redeemLink } from './redeem-link.ts';

/**
 * Uses up the link that was mailed to an address.
 * @throws AppError auth.link_invalid, auth.email_taken
 */
export async function verifyEmail(ctx: Context, { token }: VerifyEmailInput): Promise<void> {
  const verified = await recordFailure(ctx, { kind: 'verify_email' }, () =>
    retryTransaction(ctx.db, async (trx) => {
      const { account, email } = await redeemLink(trx, { token, purpose: 'verify_email', now: ctx.clock.now() });
      await confirmAddress(trx, ctx, account, email);
      return { userId: account.id, email };
    }),
  );
  await recordAttempt(ctx, { kind: 'verify_email', ...verified });
}
