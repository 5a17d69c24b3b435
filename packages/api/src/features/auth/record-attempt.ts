import { type AttemptKind, insertAttempt } from '@promptory/auth';
import { consumeLimit } from '../../call-limits.ts';
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
 * Runs an attempt, and records why it failed when it does.
 * @throws what `run` throws
 */
export async function recordFailure<T>(ctx: Context, attempt: Attempt, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AppError) await recordAttempt(ctx, { ...attempt, reason: error.code });
    throw error;
  }
}

/** Counts an attempt against a limit before any work is done for it. @throws AppError limit.exceeded */
export const countAttempt = (ctx: Context, attempt: Attempt, name: LimitName, key: string): Promise<void> =>
  recordFailure(ctx, attempt, () => consumeLimit(ctx, name, key));
