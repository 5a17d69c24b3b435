import { type AttemptKind, insertAttempt } from '@promptory/auth';
import { consumeLimit, LimitExceededError } from '../../call-limits.ts';
import type { Context, LimitName } from '../../context.ts';
import { AppError } from '../../errors.ts';

interface Attempt {
  readonly kind: AttemptKind;
  /** Normalised. */
  readonly email?: string;
  readonly userId?: string;
  /** Why it failed, as a short code; none where it succeeded. */
  readonly reason?: string;
}

/** Records one attempt of the caller to prove who they are, outside any transaction: a failed one must not be undone. */
export const recordAttempt = (ctx: Context, { reason, ...attempt }: Attempt): Promise<void> =>
  insertAttempt(ctx.db, {
    ...attempt,
    succeeded: reason === undefined,
    reason: reason ?? null,
    ip: ctx.client.ip,
    userAgent: ctx.client.userAgent,
    now: ctx.clock.now(),
  });

/**
 * Runs an attempt, and records why it failed when it does. Of those that a limit refuses only the first is recorded: what
 * is beyond a limit asks nothing of the database.
 * @throws what `run` throws
 */
export async function recordFailure<T>(ctx: Context, attempt: Attempt, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isRepeated = error instanceof LimitExceededError && !error.isFirstRefusal;
    if (error instanceof AppError && !isRepeated) await recordAttempt(ctx, { ...attempt, reason: error.code });
    throw error;
  }
}

/** Counts an attempt against a limit before any work is done for it. @throws AppError limit.exceeded */
export const countAttempt = (ctx: Context, attempt: Attempt, name: LimitName, key: string): Promise<void> =>
  recordFailure(ctx, attempt, () => consumeLimit(ctx, name, key));
