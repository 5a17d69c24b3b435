import type { SecondFactorProof } from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { SessionContext } from '../../../context.ts';
import { lockOwnAccount, type OwnAccount } from '../../../domain/accounts/lock-account.ts';
import { AppError } from '../../../errors.ts';
import { countAttempt, recordAttempt } from '../record-attempt.ts';
import { redeemProof } from './factor-proof.ts';

/** Counts a guess at the second factor of an account from within a session, before it is checked. */
export const countGuess = (ctx: SessionContext): Promise<void> =>
  countAttempt(
    ctx,
    { kind: 'second_factor', userId: ctx.who.userId },
    'login',
    // Apart from log-ins: guesses at the log-in do not keep the owner from proving it here.
    `second-factor|session|${ctx.who.userId}`,
  );

/**
 * Has the person in a session prove the second factor, and does what the proof is for in the same transaction.
 * @throws AppError limit.exceeded, auth.second_factor_invalid, auth.second_factor_off, and what `act` throws
 */
export async function withSecondFactor<T>(
  ctx: SessionContext,
  proof: SecondFactorProof,
  act: (trx: Transaction<Database>, proved: { account: OwnAccount; by: 'code' | 'recovery_code' }) => Promise<T>,
): Promise<T> {
  const { userId } = ctx.who;
  const attempt = { kind: 'second_factor', userId } as const;
  await countGuess(ctx);
  const outcome = await retryTransaction(ctx.db, async (trx) => {
    const account = await lockOwnAccount(trx, ctx);
    const redeemed = await redeemProof(trx, ctx, { userId, proof });
    return redeemed.ok ? { ok: true as const, value: await act(trx, { account, by: redeemed.by }) } : redeemed;
  });
  await recordAttempt(ctx, outcome.ok ? attempt : { ...attempt, reason: outcome.reason });
  if (outcome.ok) return outcome.value;
  throw new AppError(outcome.reason === 'off' ? 'auth.second_factor_off' : 'auth.second_factor_invalid');
}
