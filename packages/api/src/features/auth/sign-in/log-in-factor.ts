import { findSecondFactor, type SecondFactorProof } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { PlainErrorCode } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { LimitExceededError } from '../../../call-limits.ts';
import type { Context } from '../../../context.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { consumeMailLimit } from '../../../domain/mail/mail-limit.ts';
import { recordAttempt } from '../record-attempt.ts';
import { redeemProof } from '../second-factor/factor-proof.ts';

/**
 * What a log-in must prove beside the password, in the transaction that starts the session.
 * @returns by what it was proved (null: the account has no second factor), or why the log-in is refused
 */
export async function proveSecondFactor(
  trx: Transaction<Database>,
  ctx: Context,
  { userId, proof }: { userId: string; proof: SecondFactorProof | null },
): Promise<{ ok: true; by: 'code' | 'recovery_code' | null } | { ok: false; reason: string; code: PlainErrorCode }> {
  if (proof === null) {
    const { since } = await findSecondFactor(trx, userId);
    return since === null
      ? { ok: true, by: null }
      : { ok: false, reason: 'second_factor_missing', code: 'auth.second_factor_required' };
  }
  const redeemed = await redeemProof(trx, ctx, { userId, proof });
  if (redeemed.ok) return redeemed;
  return redeemed.reason === 'off'
    ? { ok: true, by: null }
    : { ok: false, reason: redeemed.reason, code: 'auth.second_factor_invalid' };
}

/**
 * Counts a guess at the second factor of an account by somebody who knows its password, from whatever address: a million
 * codes are few. Where there were too many the owner is notified, some three times an hour at most.
 *
 * @throws AppError limit.exceeded
 */
export async function countGuessAtLogIn(
  ctx: Context,
  attempt: { kind: 'login'; email: string; userId: string },
): Promise<void> {
  const { userId } = attempt;
  const { allowed, retryAfterSeconds, isFirstRefusal } = await ctx.limiter.consume(
    'login',
    `second-factor|login|${userId}`,
  );
  if (allowed) return;
  const refusal = new LimitExceededError('login', retryAfterSeconds, isFirstRefusal);
  if (!refusal.isFirstRefusal) throw refusal;
  await recordAttempt(ctx, { ...attempt, reason: 'limit.exceeded' });
  const { since } = await findSecondFactor(ctx.db, userId);
  if (since !== null && (await consumeMailLimit(ctx, `second-factor|${userId}`))) {
    const at = ctx.clock.now().toISOString();
    await retryTransaction(ctx.db, (trx) =>
      enqueueMail(trx, { kind: 'second_factor', userId, event: 'guessed_at', at }),
    );
  }
  throw refusal;
}
