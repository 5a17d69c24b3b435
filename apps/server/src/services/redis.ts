import type { Log } from '@promptory/api/server';
import type { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 300;
/** A connection on which nothing comes for so long, though something was asked, is given up: others do not wait for it as well. */
const SILENCE_MS = 300;
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Connects for good: a Redis that goes away, or falls silent, is awaited, and told of in the log once. Who asks meanwhile hears so
 * at once.
 */
export async function openRedis(url: string, log: Log): Promise<Redis> {
  // Loaded only where it is used, as its parts take their time.
  const ioredis = await import('ioredis');
  const redis = new ioredis.Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ err: error }, 'Redis is away: limits are counted in memory until it is back');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({}, 'Redis is back');
    away = false;
  });
  return redis;
}

/**
 * Tries once whether Redis answers and counts for this user, by a key that is gone after a second.
 * @throws Error that says why not
 */
export async function tryRedis(url: string): Promise<void> {
  const [{ Redis }, { RateLimiterRedis }] = await Promise.all([import('ioredis'), import('rate-limiter-flexible')]);
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on('error', (error: Error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    const counter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: 'promptory:try',
      points: 1_000,
      duration: 1,
    });
    await counter.consume('once');
  } catch (error) {
    // What the connection itself says is closer to the reason than that it is closed.
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}
