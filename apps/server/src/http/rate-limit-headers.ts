import type { Limiter, LimitName } from '@promptory/api/server';
import type { Count, CountingLimiter } from '../services/limiter.ts';

/** Limits whose state stands on every answer; that of the others only where they refuse. */
const GENERAL: ReadonlySet<LimitName> = new Set(['anonymous', 'user', 'key']);

/** RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers). */
const rateLimitHeaders = (name: LimitName, count: Count): Record<string, string> => ({
  'ratelimit-policy': `"${name}";q=${count.calls};w=${count.windowSeconds}`,
  ratelimit: `"${name}";r=${count.remaining};t=${count.resetSeconds}`,
});

/** The limiter of one request: what it counts shows in the headers of the answer. */
export function requestLimiter(
  limiter: CountingLimiter,
  setHeaders: (headers: Readonly<Record<string, string>>) => void,
): Limiter {
  return {
    async consume(name, key, limit) {
      const count = await limiter.consume(name, key, limit);
      if (GENERAL.has(name) || !count.allowed) setHeaders(rateLimitHeaders(name, count));
      return count;
    },
  };
}
