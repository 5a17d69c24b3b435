import { type AttemptKind, insertAttempt } from '@promptory/auth';
import type { Context, LimitName } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { consume } from '../../trpc.ts';

interface Outcome {
  readonly kind: AttemptKind;
  /** Normalised. */
  readonly email?: string;
  readonly userId?: string;
  /** Why it failed, as a short code; none where it succeeded. */
  readonly reason?: string;
}

/** Writes down one attempt of the caller, outside any transaction, so that a failed one is kept. */
export const noteAttempt = (ctx: Context, { reason, ...outcome }: Outcome): Promise<void> =>
  insertAttempt(ctx.db, {
    ...outcome,
    succeeded: reason === undefined,
    reason: reason ?? null,
    ip: ctx.client.ip,
    userAgent: ctx.client.userAgent,
    now: ctx.clock.now(),
  });

/**
 * Runs an attempt, and writes down how it failed when it does.
 * @throws what `attempt` throws
 */
export async function noteFailure<T>(ctx: Context, outcome: Outcome, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof AppError) await noteAttempt(ctx, { ...outcome, reason: error.code });
    throw error;
  }
}

/** Counts the attempt before any work is done for it. @throws AppError limit.exceeded */
export const consumeNoted = (ctx: Context, outcome: Outcome, name: LimitName, key: string): Promise<void> =>
  noteFailure(ctx, outcome, () => consume(ctx, name, key));
