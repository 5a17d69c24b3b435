import type { Log } from '@promptory/api/server';
import { type Connection, connectionRoom, missingTimeLimits } from '@promptory/db';
import type { Env } from '../settings/env.ts';
import { StartError } from './start-error.ts';

/** What a server opens beside its pool: five for jobs, one for `/health/ready`, and one for the feed of changes. */
export const CONNECTIONS_BESIDE_POOL = 7;

/**
 * Lets a start go on only where the database takes all the connections that this server may open, and warns where it does
 * not take those of a second one, as when servers are replaced one by one.
 * @throws StartError that says how many there are, and how many are needed
 */
export async function requireConnections(
  { databasePoolSize }: Pick<Env, 'databasePoolSize'>,
  { pool }: Pick<Connection, 'pool'>,
  logger: Pick<Log, 'warn'>,
): Promise<void> {
  const { connections, because } = await connectionRoom(pool).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The database of DATABASE_URL cannot be used (${reason}).`, { cause: error });
  });
  const needed = databasePoolSize + CONNECTIONS_BESIDE_POOL;
  const figures = `DATABASE_POOL_SIZE is ${databasePoolSize}, so that with ${CONNECTIONS_BESIDE_POOL} more for jobs, health and changes a server opens up to ${needed} connections, and the database takes ${connections} (${because})`;
  if (needed > connections) {
    const fitting = connections - CONNECTIONS_BESIDE_POOL;
    const advice = fitting < 2 ? '' : ` set it to ${fitting} at most, or`;
    throw new StartError(`${figures}:${advice} raise the limit of the database.`);
  }
  if (needed * 2 > connections) {
    logger.warn(
      { needed, connections },
      `${figures}: there is no room for a second server, nor for replacing this one`,
    );
  }
}

/** Warns where a pooler before the database keeps from it how long the statements of this server may take. */
export async function lookForTimeLimits({ pool }: Pick<Connection, 'pool'>, logger: Pick<Log, 'warn'>): Promise<void> {
  const missing = await missingTimeLimits(pool);
  if (missing.length === 0) return;
  logger.warn(
    { missing },
    'the limits of time that this server asks for do not reach the database: have the pooler before it set them, as with connect_query of PgBouncer',
  );
}
