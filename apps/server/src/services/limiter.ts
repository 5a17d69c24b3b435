import { hash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Limiter, LimitName, Log } from '@promptory/api/server';
import type { Redis } from 'ioredis';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { type Limits, limitNames } from '../settings/bounds/limits.ts';
import { type Counted, CountedWindows } from './limits/counted-windows.ts';
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
  /** Counts one call at once; null where it has to be waited for, and nothing is counted. */
  consumeNow(name: LimitName, key: string, limit?: number): Count | null;
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
  const counters = new Map(
    limitNames.map((name) => {
      const { seconds } = limits[name];
      return [name, redis === null ? new CountedWindows(seconds) : new RedisCounter(redis, name, seconds)] as const;
    }),
  );

  const counterOf = (name: LimitName): CountedWindows | RedisCounter => {
    const counter = counters.get(name);
    if (counter === undefined) throw new RangeError(`no limit is named ${name}`);
    return counter;
  };

  /** @param points that were counted for it */
  const countOf = (name: LimitName, calls: number, counted: Counted, points: number): Count => {
    const resetSeconds = Math.max(1, Math.ceil(counted.msLeft / 1_000));
    const allowed = counted.points <= calls;
    return {
      allowed,
      retryAfterSeconds: allowed ? 0 : resetSeconds,
      isFirstRefusal: !allowed && counted.points - points <= calls,
      calls,
      windowSeconds: limits[name].seconds,
      // What was refused has cost nothing.
      remaining: Math.max(0, calls - counted.points + (allowed ? 0 : points - 1)),
      resetSeconds,
    };
  };

  return {
    async consume(name, key, limit, cost = 1) {
      const calls = limit ?? limits[name].calls;
      // What costs more than all of a limit must be possible at all.
      const points = Math.min(cost, calls);
      const counter = counterOf(name);
      const count = countOf(name, calls, await counter.count(limitKey(key), points), points);
      // What was refused has cost nothing yet: it must not use up what is left for cheaper calls.
      if (!count.allowed && points > 1) await counter.count(limitKey(key), 1 - points);
      return count;
    },
    consumeNow(name, key, limit) {
      const counter = counterOf(name);
      if (!(counter instanceof CountedWindows)) return null;
      const calls = limit ?? limits[name].calls;
      const points = Math.min(1, calls);
      return countOf(name, calls, counter.count(limitKey(key), points), points);
    },
    async refund(name, key) {
      await counterOf(name).count(limitKey(key), -1);
    },
    async close() {
      redis?.disconnect();
    },
  };
}

/** For several servers; while Redis is away each counts by itself. */
class RedisCounter {
  readonly #limiter: RateLimiterRedis;

  constructor(storeClient: Redis, name: LimitName, duration: number) {
    this.#limiter = new RateLimiterRedis({
      storeClient,
      keyPrefix: `promptory:limit:${name}`,
      points: NO_LIMIT,
      duration,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: name, points: NO_LIMIT, duration }),
      rejectIfRedisNotReady: true,
    });
  }

  async count(key: string, points: number): Promise<Counted> {
    const counted = points < 0 ? this.#limiter.reward(key, -points) : this.#limiter.consume(key, points);
    const { consumedPoints, msBeforeNext } = await counted;
    return { points: consumedPoints, msLeft: msBeforeNext };
  }
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
