import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type Connection, connect } from '../src/connection/connect.ts';
import type { Database } from '../src/tables/rows.ts';
import {
  cloneDatabase,
  type DatabaseServer,
  ensureTemplate,
  templateName,
  withClient,
  withDatabase,
} from './template-database.ts';

export interface TestDatabase {
  db: Kysely<Database>;
  pool: pg.Pool;
  connectionString: string;
  /** The same as the role of the application, as whom the server runs. */
  applicationConnectionString: string;
  /** Removes the database. Throws when a client was not given back or another session is still open: a leak. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** A server other than the run's own, for use outside Vitest. */
  server?: DatabaseServer;
  /** Connections of `pool` at most. Default 5. */
  max?: number;
}

// On a busy machine what is only slow is no fault: these end what hangs.
const CONNECT_TIMEOUT_MS = 60_000;
const TIMEOUT_FACTOR = 8;
const SETTLE_MS = 60_000;

/** The product's own pool, on which connections, statements and locks may take as long as a busy machine needs. */
export const connectForTest = (connectionString: string, max: number): Connection =>
  connect({
    connectionString,
    max,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    timeoutFactor: TIMEOUT_FACTOR,
    applicationName: 'promptory-test',
  });

/** A migrated database of its own for one test file, copied from the run's template. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = options.server ?? (await runsOwnServer());
  const serverUrl = server.connectionString;
  const template = options.server === undefined ? await templateName() : await ensureTemplate(server);
  const name = `promptory_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await cloneDatabase(serverUrl, template, name);
  const connectionString = withDatabase(serverUrl, name);
  const { db, pool, close } = connectForTest(connectionString, options.max ?? 5);
  let dropping: Promise<void> | undefined;
  const drop = async (): Promise<void> => {
    const leaked = await settles(() => pool.totalCount - pool.idleCount + pool.waitingCount);
    if (leaked === 0) await close();
    const open = leaked > 0 ? 0 : await openSessions(serverUrl, name);
    // By force only where something is left open: autovacuum gives way to a plain drop, and may not be ended by force.
    const force = leaked + open > 0 ? 'with (force)' : '';
    await withClient(serverUrl, (client) =>
      client.query(`drop database if exists ${client.escapeIdentifier(name)} ${force}`),
    );
    if (leaked > 0) throw new Error(`${leaked} database client(s) were taken from the pool and never given back.`);
    if (open > 0) throw new Error(`${open} session(s) of another pool were still open on the test database.`);
  };
  return {
    db,
    pool,
    connectionString,
    applicationConnectionString: withDatabase(server.applicationConnectionString ?? serverUrl, name),
    drop: () => {
      dropping ??= drop();
      return dropping;
    },
  };
}

async function runsOwnServer(): Promise<DatabaseServer> {
  const { inject } = await import('vitest');
  return inject('databaseServer');
}

async function openSessions(serverUrl: string, database: string): Promise<number> {
  return withClient(serverUrl, (client) =>
    settles(async () => {
      const { rows } = await client.query<{ open: string }>(
        "select count(*) as open from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
        [database],
      );
      return Number(rows[0]?.open ?? 0);
    }),
  );
}

/** Gives what ends asynchronously its time to reach zero; answers what is left. Only a leak takes all of it. */
async function settles(count: () => number | Promise<number>): Promise<number> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const left = await count();
    if (left === 0 || performance.now() > deadline) return left;
    await sleep(50);
  }
}
