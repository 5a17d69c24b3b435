import {
  findSecondFactor,
  redeemSecondFactor,
  type SecondFactorOutcome,
  type SecondFactorProof,
} from '@promptory/auth';
import { type Database, retryTransaction } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { Context, SessionContext } from '../../../context.ts';
import { type LockedAccount, lockOwnAccount } from '../../../domain/accounts/lock-account.ts';
import { enqueueMail } from '../../../domain/mail/mail-job.ts';
import { AppError } from '../../../errors.ts';
import { consumeNoted, noteAttempt } from '../record-attempt.ts';

/** What an input gives as proof; null for nothing. Schemas see to it that it is not both. */
export function proofIn(input: {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}): SecondFactorProof | null {
  if (input.code !== undefined) return { code: input.code };
  return input.recoveryCode === undefined ? null : { recoveryCode: input.recoveryCode };
}

/** Spends a proof within the transaction of what it is for, and tells the owner where it was a recovery code. */
export async function spendProof(
  trx: Transaction<Database>,
  ctx: Context,
  { userId, proof }: { userId: string; proof: SecondFactorProof },
): Promise<SecondFactorOutcome> {
  const now = ctx.clock.now();
  const outcome = await redeemSecondFactor(trx, { userId, proof, box: ctx.secretBox, now });
  if (outcome.ok && outcome.by === 'recovery_code') {
    await enqueueMail(trx, { kind: 'second_factor', userId, event: 'recovery_code_used', at: now.toISOString() });
  }
  return outcome;
}

/**
 * What a log-in must prove beside the password, in the transaction that starts the session.
 * @returns by what it was proved (null: the account has no second factor), or why the log-in is refused
 */
export async function passSecondFactor(
  trx: Transaction<Database>,
  ctx: Context,
  { userId, proof }: { userId: string; proof: SecondFactorProof | null },
): Promise<{ ok: true; by: 'code' | 'recovery_code' | null } | { ok: false; reason: string; code: AppError['code'] }> {
  if (proof === null) {
    const { since } = await findSecondFactor(trx, userId);
    return since === null
      ? { ok: true, by: null }
      : { ok: false, reason: 'second_factor_missing', code: 'auth.second_factor_required' };
  }
  const spent = await spendProof(trx, ctx, { userId, proof });
  if (spent.ok) return spent;
  return spent.reason === 'off'
    ? { ok: true, by: null }
    : { ok: false, reason: spent.reason, code: 'auth.second_factor_invalid' };
}

type Refusal = Extract<SecondFactorOutcome, { ok: false }>['reason'];

export const refusalCode = (reason: Refusal): AppError['code'] =>
  reason === 'off' ? 'auth.second_factor_off' : 'auth.second_factor_invalid';

/**
 * Counts a guess at the second factor of an account by who knows its password, from whatever address: a million codes
 * are few. The owner is told when there were too many, some three times an hour at most.
 *
 * @throws AppError limit.exceeded
 */
export async function countGuessAtLogIn(
  ctx: Context,
  attempt: { kind: 'login'; email: string; userId: string },
): Promise<void> {
  const { userId } = attempt;
  const { allowed, retryAfterSeconds } = await ctx.limiter.consume('login', `second-factor|login|${userId}`);
  if (allowed) return;
  await noteAttempt(ctx, { ...attempt, reason: 'limit.exceeded' });
  const { since } = await findSecondFactor(ctx.db, userId);
  if (since !== null && (await ctx.limiter.consume('mail', `second-factor|${userId}`)).allowed) {
    const at = ctx.clock.now().toISOString();
    await retryTransaction(ctx.db, (trx) =>
      enqueueMail(trx, { kind: 'second_factor', userId, event: 'guessed_at', at }),
    );
  }
  throw new AppError('limit.exceeded', { retryAfterSeconds, extra: { limit: 'login' } });
}

/** Counts a guess at the second factor of an account from within a session, before it is looked at. */
export const countGuess = (ctx: SessionContext): Promise<void> =>
  consumeNoted(
    ctx,
    { kind: 'second_factor', userId: ctx.who.userId },
    'login',
    // Apart from log-ins: whoever guesses at the door does not keep the owner from proving it here.
    `second-factor|session|${ctx.who.userId}`,
  );

/**
 * Has the person in a session prove the second factor, and does what the proof is for in the same transaction.
 * @throws AppError limit.exceeded, auth.second_factor_invalid, auth.second_factor_off, and what `act` throws
 */
export async function withSecondFactor<T>(
  ctx: SessionContext,
  proof: SecondFactorProof,
  act: (trx: Transaction<Database>, proved: { account: LockedAccount; by: 'code' | 'recovery_code' }) => Promise<T>,
): Promise<T> {
  const { userId } = ctx.who;
  const attempt = { kind: 'second_factor', userId } as const;
  await countGuess(ctx);
  const outcome = await retryTransaction(ctx.db, async (trx) => {
    const account = await lockOwnAccount(trx, ctx, 'share');
    const spent = await spendProof(trx, ctx, { userId, proof });
    return spent.ok ? { ok: true as const, value: await act(trx, { account, by: spent.by }) } : spent;
  });
  await noteAttempt(ctx, outcome.ok ? attempt : { ...attempt, reason: outcome.reason });
  if (!outcome.ok) throw new AppError(refusalCode(outcome.reason));
  return outcome.value;
}
