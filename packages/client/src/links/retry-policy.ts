import type { PromptoryError } from '../errors/promptory-error.ts';

export interface RetryOptions {
  /** Times a call is tried in all, 3 unless given. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, about; doubled for each further one. 250 unless given. */
  readonly baseDelayMs?: number;
  /** The longest wait; a server that asks for a longer one is not asked again. 30,000 unless given. */
  readonly maxDelayMs?: number;
}

export type RetryPolicy = Required<RetryOptions>;

export const NO_RETRIES: RetryPolicy = { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 };

export function retryPolicy(options: RetryOptions | false | undefined): RetryPolicy {
  if (options === false) return NO_RETRIES;
  return { attempts: 3, baseDelayMs: 250, maxDelayMs: 30_000, ...options };
}

const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);
const TRANSIENT_CODES = new Set<string>(['client.network', 'request.in_progress']);

// The server answers these before a call has had any effect.
const REFUSED_BEFORE_ANY_EFFECT = new Set<string>(['limit.exceeded', 'server.busy']);

/**
 * Milliseconds to wait before a failed call is tried again, or null where it must not be. A query may always be
 * repeated after a transient failure, and so may a call with an idempotency key; another mutation only when the server
 * said that it did nothing and when to come back: after a broken connection nobody knows whether it took effect.
 *
 * @param random 0 to 1: spreads the calls of many clients over the second half of the wait.
 */
export function retryDelay(
  failed: { repeatable: boolean; attempt: number; error: PromptoryError },
  policy: RetryPolicy,
  random: number,
): number | null {
  const { repeatable, attempt, error } = failed;
  if (attempt >= policy.attempts) return null;
  const requestedMs = error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1000;
  if (!repeatable && (requestedMs === null || !REFUSED_BEFORE_ANY_EFFECT.has(error.code))) return null;
  const isTransient =
    TRANSIENT_CODES.has(error.code) || (error.status !== null && TRANSIENT_STATUSES.has(error.status));
  if (!isTransient) return null;
  const backoff = Math.min(policy.baseDelayMs * 2 ** (attempt - 1), policy.maxDelayMs);
  if (requestedMs === null) return backoff * (0.5 + random / 2);
  // Never sooner than the server asked for.
  return requestedMs > policy.maxDelayMs ? null : requestedMs + (random * policy.baseDelayMs) / 2;
}
