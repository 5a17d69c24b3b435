import { type GeneralLimit, type Limiter, type LimitName, spreadWait } from '@promptory/api/server';
import type { Count, CountingLimiter } from '../services/limiter.ts';

/** Limits whose state stands on every answer; that of the others only where they refuse. */
const GENERAL: ReadonlySet<LimitName> = new Set(['anonymous', 'user', 'key']);

/** Counts what is sent to somebody else: how often others wrote to them is not the caller's to know. */
const SILENT: LimitName = 'mail';

/** RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers). What is refused waits as long as Retry-After says. */
export const rateLimitHeaders = (name: LimitName, count: Count, requestId: string): Record<string, string> => {
  const seconds = count.allowed ? count.resetSeconds : spreadWait(count.retryAfterSeconds, requestId);
  return {
    'ratelimit-policy': `"${name}";q=${count.calls};w=${count.windowSeconds}`,
    ratelimit: `"${name}";r=${count.remaining};t=${seconds}`,
  };
};

/** The limiter of one request: what it counts shows in the headers of the answer. */
export interface RequestLimiter extends Limiter {
  consume(name: LimitName, key: string, limit?: number, cost?: number): Promise<Count>;
  refund(name: LimitName, key: string): Promise<void>;
  /** Counts one call before it is known who makes it; the next call against the same limit is counted one less. */
  countAhead(limit: GeneralLimit): Promise<Count>;
  /** Undoes `countAhead`: the call is not the one's whom it was counted for. */
  takeBack(): Promise<void>;
}

/** @param requestId by which the wait of what is refused is spread */
export function requestLimiter(
  limiter: CountingLimiter,
  requestId: string,
  setHeaders: (headers: Readonly<Record<string, string>>) => void,
): RequestLimiter {
  let ahead: (GeneralLimit & { readonly count: Count }) | null = null;
  const takeAhead = (name: LimitName, key: string): Count | null => {
    if (ahead === null || ahead.name !== name || ahead.key !== key) return null;
    const { count } = ahead;
    ahead = null;
    return count;
  };
  const consume = async (name: LimitName, key: string, limit?: number, cost = 1): Promise<Count> => {
    const counted = takeAhead(name, key);
    const left = counted === null ? cost : Math.min(cost, counted.calls) - 1;
    if (counted !== null && left <= 0) return counted;
    const count = await limiter.consume(name, key, limit, left);
    // Counted ahead and here, a call that is refused would count twice.
    if (counted !== null && !count.allowed) await limiter.refund(name, key);
    if (GENERAL.has(name) || (!count.allowed && name !== SILENT)) setHeaders(rateLimitHeaders(name, count, requestId));
    return count;
  };
  return {
    consume,
    refund: (name, key) => limiter.refund(name, key),
    async countAhead(limit) {
      const count = await consume(limit.name, limit.key, limit.limit);
      if (count.allowed) ahead = { ...limit, count };
      return count;
    },
    async takeBack() {
      if (ahead === null) return;
      const { name, key } = ahead;
      ahead = null;
      await limiter.refund(name, key);
    },
  };
}
