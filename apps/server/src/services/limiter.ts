import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Limiter, LimitName, Log } from '@promptory/api/server';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { type Limits, limitNames } from '../settings/bounds/limits.ts';
import { openRedis } from './redis.ts';

/** What is left of a limit after a call was counted. */
export interface Count {
  readonly allowed: boolean;
  readonly retryAfterSeconds: number;
  readonly isFirstRefusal: boolean;
  readonly calls: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetSeconds: number;
}

/** The limiter of the whole process; its answers say more than the port asks for. */
export interface CountingLimiter extends Limiter {
  consume(name: LimitName, key: string, limit?: number, cost?: number): Promise<Count>;
  /** Takes one call back that was counted. */
  refund(name: LimitName, key: string): Promise<void>;
  close(): Promise<void>;
}

// The counter never refuses by itself: a key may carry a limit of its own, so the count is compared here.
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const KEY_CHARACTERS = 22;

/**
 * Counts calls by limit and key: in memory, or in Redis for several servers. While Redis is away each server counts in
 * its own memory, so that no limit is ever off.
 */
export async function createLimiter(options: {
  limits: Limits;
  redisUrl: string | null;
  log: Log;
}): Promise<CountingLimiter> {
  const { limits, redisUrl, log } = options;
  const redis = redisUrl === null ? null : await openRedis(redisUrl, log);
  const counters = new Map<LimitName, RateLimiterAbstract>();
  for (const name of limitNames) {
    const duration = limits[name].seconds;
    const memory = new RateLimiterMemory({ keyPrefix: name, points: NO_LIMIT, duration });
    const counter =
      redis === null
        ? memory
        : new RateLimiterRedis({
            storeClient: redis,
            keyPrefix: `promptory:limit:${name}`,
            points: NO_LIMIT,
            duration,
            insuranceLimiter: memory,
            rejectIfRedisNotReady: true,
          });
    counters.set(name, counter);
  }

  const counterOf = (name: LimitName): RateLimiterAbstract => {
    const counter = counters.get(name);
    if (counter === undefined) throw new RangeError(`no limit is named ${name}`);
    return counter;
  };

  return {
    async consume(name, key, limit, cost = 1) {
      const { seconds, calls: usual } = limits[name];
      const calls = limit ?? usual;
      // What costs more than all of a limit must be possible at all.
      const points = Math.min(cost, calls);
      const counter = counterOf(name);
      const { consumedPoints, msBeforeNext } = await counter.consume(limitKey(key), points);
      const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
      const allowed = consumedPoints <= calls;
      // What was refused has cost nothing yet: it must not use up what is left for cheaper calls.
      const back = allowed || points <= 1 ? 0 : points - 1;
      if (back > 0) await counter.reward(limitKey(key), back);
      return {
        allowed,
        retryAfterSeconds: allowed ? 0 : resetSeconds,
        isFirstRefusal: !allowed && consumedPoints - points <= calls,
        calls,
        windowSeconds: seconds,
        remaining: Math.max(0, calls - consumedPoints + back),
        resetSeconds,
      };
    },
    async refund(name, key) {
      await counterOf(name).reward(limitKey(key), 1);
    },
    async close() {
      redis?.disconnect();
    },
  };
}

/** Lately made: whoever calls, calls again. Some 300 bytes each. */
const keysOfLate = new LRUCache<string, string>({ max: 10_000 });

/** Hashed, so that keys are short and no address of a person stands in Redis. */
export function limitKey(key: string): string {
  const known = keysOfLate.get(key);
  if (known !== undefined) return known;
  const made = hashedKey(key);
  keysOfLate.set(key, made);
  return made;
}

function hashedKey(key: string): string {
  // An address may stand beside what it tries to open: `ann@example.com|2001:db8::1`.
  const caller = key
    .split('|')
    .map((part) => (isIP(part) === 6 ? network64(part) : part))
    .join('|');
  return hash('sha256', caller, 'base64url').slice(0, KEY_CHARACTERS);
}

/** The /64 of an IPv6 address, which is what one subscriber has; of one that maps an IPv4 address, that address. */
export function network64(address: string): string {
  // A zone names an interface of this machine, and may have characters that the parser refuses.
  const parsed = ipaddr.process(address.replace(/%.*/s, ''));
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const prefix = parsed.parts.slice(0, 4).map((group) => group.toString(16));
  return `${prefix.join(':')}::/64`;
}
