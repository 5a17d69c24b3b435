import type { PromptoryError } from '../errors/promptory-error.ts';

/** How often, and for how long, a call is tried again. */
export interface RetryOptions {
  /**
   * Times a call is tried in all after failures: 10 for programs, which have a key or credentials, 3 for people, and 3
   * while the server has never answered.
   */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, about; doubled for each further one. 250 unless given. */
  readonly baseDelayMs?: number;
  /** The longest wait between two attempts, where the server names none. 10,000 unless given. */
  readonly maxDelayMs?: number;
  /**
   * Milliseconds that one call waits in all, for limits to begin anew too: 600,000 for programs, 30,000 for people. Where
   * the server asks for more, its refusal is thrown at once.
   */
  readonly maxWaitMs?: number;
}

export type RetryPolicy = Required<RetryOptions>;

export const NO_RETRIES: RetryPolicy = { attempts: 1, baseDelayMs: 0, maxDelayMs: 0, maxWaitMs: 0 };

const DELAYS = { baseDelayMs: 250, maxDelayMs: 10_000 };
// Enough for a server to be started anew.
const OF_PROGRAMS: RetryPolicy = { ...DELAYS, attempts: 10, maxWaitMs: 600_000 };
// Who looks at a screen would rather know.
const OF_PEOPLE: RetryPolicy = { ...DELAYS, attempts: 3, maxWaitMs: 30_000 };

/** A server that has never answered may stand at another address, which is better said soon. */
const FIRST_ATTEMPTS = 3;

export function retryPolicy(options: RetryOptions | false | undefined, isProgram: boolean): RetryPolicy {
  if (options === false) return NO_RETRIES;
  return { ...(isProgram ? OF_PROGRAMS : OF_PEOPLE), ...options };
}

const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);
const TRANSIENT_CODES = new Set<string>(['client.network', 'request.in_progress']);

// The server answers these before a call has had any effect.
const REFUSED_BEFORE_ANY_EFFECT = new Set<string>(['limit.exceeded', 'server.busy']);

/** Whether the server says that it did nothing, and when to come back: as good as a call that was not made yet. */
export const isPutOff = ({ code, retryAfterSeconds }: PromptoryError): boolean =>
  retryAfterSeconds !== null && REFUSED_BEFORE_ANY_EFFECT.has(code);

/**
 * Milliseconds to wait before a failed call is tried again, or null where it must not be. A call that was put off may be
 * repeated for as long as it may wait; after another transient failure a query, or a call with an idempotency key, may
 * for a number of attempts, and another mutation never: nobody knows whether it took effect.
 *
 * @param random 0 to 1: spreads the calls of many clients over the second half of the wait.
 */
export function retryDelay(
  failed: { repeatable: boolean; isReached: boolean; attempt: number; waitedMs: number; error: PromptoryError },
  policy: RetryPolicy,
  random: number,
): number | null {
  const { repeatable, isReached, attempt, waitedMs, error } = failed;
  const attempts = isReached ? policy.attempts : Math.min(policy.attempts, FIRST_ATTEMPTS);
  const leftMs = policy.maxWaitMs - waitedMs;
  const within = (ms: number): number | null => (ms > leftMs ? null : ms);
  // Never sooner than the server asked for.
  const asRequested = (seconds: number): number | null => {
    const ms = within(Math.max(seconds * 1_000, policy.baseDelayMs));
    return ms === null ? null : ms + (random * policy.baseDelayMs) / 2;
  };
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== null && isPutOff(error)) return asRequested(retryAfterSeconds);
  const isTransient =
    TRANSIENT_CODES.has(error.code) || (error.status !== null && TRANSIENT_STATUSES.has(error.status));
  if (!repeatable || !isTransient || attempt >= attempts) return null;
  if (retryAfterSeconds !== null) return asRequested(retryAfterSeconds);
  return within(Math.min(policy.baseDelayMs * 2 ** (attempt - 1), policy.maxDelayMs) * (0.5 + random / 2));
}
