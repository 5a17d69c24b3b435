import { connect, sqlState } from '@promptory/db';
import { withoutSecrets } from '../observability/logger.ts';
import { tryMailServer } from '../services/mailer.ts';
import { tryRedis } from '../services/redis.ts';
import type { Env } from '../settings/env.ts';
import { lookForTimeLimits, requireConnections } from './require-connections.ts';
import { requireDatabase } from './require-database.ts';

/** What came of one try: the setting, whether it went well, and one line about it. */
export interface Tried {
  readonly setting: string;
  readonly isWell: boolean;
  readonly says: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const OLDEST = 15;
const NEWEST_TRIED = 18;

/**
 * Tries everything that a server with these settings connects to, as the server would, and changes nothing: the databases,
 * the mail server, which is sent no mail, and Redis. What is not set is not tried.
 */
export async function tryConnections(env: Env): Promise<Tried[]> {
  const { databaseUrl, databaseFeedUrl, databaseReplicaUrl, smtpUrl, redisUrl } = env;
  // One after another: a driver that is loaded meanwhile would use up the time of the others.
  return [
    ...(databaseUrl === null ? [] : await tryDatabase(env, databaseUrl)),
    ...(databaseFeedUrl === null ? [] : await one('DATABASE_FEED_URL', () => serverOf(databaseFeedUrl))),
    ...(databaseReplicaUrl === null
      ? []
      : await one('DATABASE_REPLICA_URL', () => replicaServerOf(databaseReplicaUrl))),
    ...(smtpUrl === null
      ? []
      : await one('SMTP_CONFIG', async () => {
          await tryMailServer(smtpUrl);
          return `${new URL(smtpUrl).hostname} answers${new URL(smtpUrl).username === '' ? ', without a log-in' : ' and takes the log-in'}; no mail was sent`;
        })),
    ...(redisUrl === null
      ? []
      : await one('REDIS_URL', async () => {
          await tryRedis(redisUrl);
          return `${new URL(redisUrl).hostname} answers and counts`;
        })),
  ];
}

const tryOptions = (connectionString: string) => ({
  connectionString,
  max: 1,
  applicationName: 'promptory-try',
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
});

/** One thing after another, each of use only where those before it went well. */
async function tryDatabase(env: Env, connectionString: string): Promise<Tried[]> {
  const notes: string[] = [];
  const log = { warn: (_: object, message: string) => notes.push(message) };
  const steps: (() => Promise<string>)[] = [
    () => serverOf(connectionString),
    async () => {
      await requireDatabase({ environment: env.environment }, connectionString, log);
      return 'every migration is applied, and its role has the rights that the server needs';
    },
    async () => {
      const connection = connect(tryOptions(connectionString));
      try {
        await requireConnections(env, connection, log);
        await lookForTimeLimits(connection, log);
      } finally {
        await connection.close();
      }
      return `it takes the connections of DATABASE_POOL_SIZE=${env.databasePoolSize} and those beside them`;
    },
  ];
  const tried: Tried[] = [];
  for (const step of steps) {
    const [outcome] = await one('DATABASE_URL', step);
    tried.push(outcome);
    if (!outcome.isWell) break;
  }
  return [...tried, ...notes.map((note) => ({ setting: 'DATABASE_URL', isWell: true, says: note }))];
}

/** What a PostgreSQL says of itself and of its connection. */
interface AnsweringServer {
  readonly number: number;
  readonly version: string;
  readonly isEncrypted: boolean | null;
}

/** Which PostgreSQL answers, and how it is reached. @throws Error where it is too old */
async function serverOf(connectionString: string): Promise<string> {
  const { pool, close } = connect(tryOptions(connectionString));
  try {
    const { rows } = await pool.query<AnsweringServer>(`
      SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
        (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS "isEncrypted"`);
    return aboutServer(rows[0] ?? { number: 0, version: '', isEncrypted: false });
  } finally {
    await close();
  }
}

/** @throws Error where it is too old */
export function aboutServer({ number, version, isEncrypted }: AnsweringServer): string {
  const major = Math.floor(number / 10_000);
  if (major < OLDEST) throw new Error(`PostgreSQL ${version} is too old: ${OLDEST} to ${NEWEST_TRIED} will do`);
  const remark = major > NEWEST_TRIED ? `; it is newer than ${NEWEST_TRIED}, the last that was tried` : '';
  return `PostgreSQL ${version} answers, ${isEncrypted === true ? 'over' : 'without'} TLS${remark}`;
}

/** The same of a replica. @throws Error where it is none */
async function replicaServerOf(connectionString: string): Promise<string> {
  const says = await serverOf(connectionString);
  const { pool, close } = connect(tryOptions(connectionString));
  try {
    const { rows } = await pool.query<{ isReplica: boolean }>('SELECT pg_is_in_recovery() AS "isReplica"');
    if (rows[0]?.isReplica !== true) throw new Error('it follows no other server, so nothing is read there');
    return says;
  } finally {
    await close();
  }
}

async function one(setting: string, attempt: () => Promise<string>): Promise<[Tried]> {
  try {
    return [{ setting, isWell: true, says: await attempt() }];
  } catch (error) {
    return [{ setting, isWell: false, says: reasonOf(error) }];
  }
}

/** In one line, and of several addresses that one name has the reason of the first. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  // Whoever sets the server up may not have migrated yet.
  const hint = sqlState(error)?.startsWith('28') ? ' (a role that is not there yet is made by `pnpm migrate`)' : '';
  const message = `${error instanceof Error ? error.message || error.name : String(error)}${hint}`;
  return withoutSecrets(message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
