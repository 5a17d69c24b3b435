import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import { DEFAULT_MIGRATION_TABLE, Migrator } from 'kysely/migration';
import pg from 'pg';
import { sqlState } from '../connection/sql-state.ts';
import {
  type ApplicationRole,
  applicationRoleOf,
  grantApplication,
  ownRights,
  type RightsDifference,
} from './application-role.ts';
import { MIGRATIONS_FOLDER, migrationNames, readMigrations } from './migration-files.ts';

export { MissingRoleError, type RightsDifference } from './application-role.ts';
export { hashMigrations, MIGRATION_NAME, MIGRATIONS_FOLDER } from './migration-files.ts';

// Any two fixed numbers, the same for every migrator of one database.
const ADVISORY_LOCK: readonly [number, number] = [1886547817, 1];
const LOCK_NOT_AVAILABLE = '55P03';
const UNDEFINED_TABLE = '42P01';
// A step that waits for a table lock makes writers queue behind it: it gives up soon, lets them pass and comes again.
const STEP_LOCK_TIMEOUT_MS = 700;
const STEP_ATTEMPTS = 20;

export interface MigrateOptions {
  /** Of the schema's owner. */
  connectionString: string;
  /**
   * Of the application, as whom the server runs: its role is made where it may be, and given the rights that it needs.
   * Without it, or where it names the same role, the owner serves too.
   */
  applicationConnectionString?: string | undefined;
  /** Default: the migrations of this package. */
  folder?: string;
  /** The last migration to apply; all, unless given. */
  until?: string;
  /** Whether the job queue's own schema (graphile_worker) is brought up to date too. Default true. */
  jobQueue?: boolean;
  /** How long to wait for other migrators of the same database, in milliseconds. Default two minutes. */
  waitMs?: number;
  onStep?: (name: string, direction: 'up' | 'down') => void;
}

export interface MigrationState {
  name: string;
  /** ISO 8601, or null while it is pending. */
  executedAt: string | null;
}

/** A migration that failed, or a folder that does not fit the database. The message is one line. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Applies every pending migration, each in its own transaction, and the job queue's. Migrators started together take
 * turns, so that each migration runs once. Answers the names of those applied here. Throws MigrationError, and
 * MissingRoleError once everything is applied.
 */
export async function migrateToLatest(options: MigrateOptions): Promise<string[]> {
  const steps = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  return withMigrator(options, steps, async (migrator, pool) => {
    const applied: string[] = [];
    const pending = (await migrator.getMigrations()).filter((migration) => migration.executedAt === undefined);
    for (const { name } of pending) {
      if (options.until !== undefined && name > options.until) break;
      await runStep(migrator, 'up', name, steps[name]?.transaction !== false);
      options.onStep?.(name, 'up');
      applied.push(name);
    }
    // Also with nothing pending: notices an applied migration whose file is gone or out of order.
    if (pending.length === 0) await runStep(migrator, 'up', 'none', true);
    if (options.jobQueue ?? true) await migrateJobQueue(pool);
    const role = applicationRoleOf(
      options.applicationConnectionString ?? options.connectionString,
      options.connectionString,
    );
    if (role !== null) await grantTo(role, pool);
    return applied;
  });
}

/** Takes back the migration applied last and answers its name, or null where none is applied. Throws MigrationError. */
export async function migrateDown(options: Omit<MigrateOptions, 'until'>): Promise<string | null> {
  const steps = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  return withMigrator(options, steps, async (migrator) => {
    const last = (await appliedOf(migrator)).at(-1);
    if (last === undefined) return null;
    await takeBack(migrator, steps, last, options);
    return last;
  });
}

/**
 * Takes back, last first, every migration behind `until`, which stays. Answers their names. Throws MigrationError, before
 * anything is taken back where `until` is not applied or one behind it cannot be.
 */
export async function migrateDownUntil(options: MigrateOptions & { readonly until: string }): Promise<string[]> {
  const steps = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  return withMigrator(options, steps, async (migrator) => {
    const applied = await appliedOf(migrator);
    if (!applied.includes(options.until)) throw new MigrationError(`No migration ${options.until} is applied.`);
    const behind = applied.slice(applied.indexOf(options.until) + 1).reverse();
    for (const name of behind) requireDown(steps, name);
    for (const name of behind) await takeBack(migrator, steps, name, options);
    return behind;
  });
}

type Steps = Awaited<ReturnType<typeof readMigrations>>;

const appliedOf = async (migrator: Migrator): Promise<string[]> =>
  (await migrator.getMigrations()).filter(({ executedAt }) => executedAt !== undefined).map(({ name }) => name);

function requireDown(steps: Steps, name: string): void {
  if (!steps[name]?.down) throw new MigrationError(`The migration ${name} has no down() and stays applied.`);
}

async function takeBack(migrator: Migrator, steps: Steps, name: string, options: MigrateOptions): Promise<void> {
  requireDown(steps, name);
  await runStep(migrator, 'down', name, steps[name]?.transaction !== false);
  options.onStep?.(name, 'down');
}

/** Every migration in order, with when it was applied. Changes nothing, not even on an empty database. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationState[]> {
  const steps = await readMigrations(options.folder ?? MIGRATIONS_FOLDER);
  const pool = openPool(options.connectionString);
  try {
    const migrations = await migratorOn(pool, steps).getMigrations();
    return migrations.map(({ name, executedAt }) => ({ name, executedAt: executedAt?.toISOString() ?? null }));
  } finally {
    await pool.end();
  }
}

/** How many migrations are pending, by their names alone: a server that starts loads none of them. */
export async function countPending(options: Pick<MigrateOptions, 'connectionString' | 'folder'>): Promise<number> {
  const names = await migrationNames(options.folder);
  const pool = openPool(options.connectionString);
  try {
    const { rows } = await pool.query<{ name: string }>(`SELECT name FROM ${DEFAULT_MIGRATION_TABLE}`);
    const applied = new Set(rows.map(({ name }) => name));
    return names.filter((name) => !applied.has(name)).length;
  } catch (error) {
    if (sqlState(error) !== UNDEFINED_TABLE) throw error;
    return names.length;
  } finally {
    await pool.end();
  }
}

/** How the rights of the role that a connection string names differ from those that the server needs. */
export async function rightsOf(options: Pick<MigrateOptions, 'connectionString'>): Promise<RightsDifference> {
  const pool = openPool(options.connectionString);
  try {
    return await ownRights(pool);
  } finally {
    await pool.end();
  }
}

/** Its library is loaded here: a start of the server asks for what is pending, and needs none of it. */
async function migrateJobQueue(pool: pg.Pool): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker');
  await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) });
}

async function grantTo(role: ApplicationRole, pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await grantApplication(client, role);
  } finally {
    client.release();
  }
}

async function runStep(
  migrator: Migrator,
  direction: 'up' | 'down',
  name: string,
  transaction: boolean,
): Promise<void> {
  const options = { disableTransactions: !transaction };
  for (let attempt = 1; ; attempt += 1) {
    const run = direction === 'up' ? migrator.migrateUp(options) : migrator.migrateDown(options);
    const { error } = await run;
    if (error === undefined) return;
    // One outside of a transaction begins anew too: each does again what it had done.
    if (sqlState(error) === LOCK_NOT_AVAILABLE && attempt < STEP_ATTEMPTS) {
      await sleep(200 + Math.random() * 500);
      continue;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const what = reason.startsWith('corrupted migrations') ? '' : `The migration ${name} failed: `;
    throw new MigrationError(`${what}${reason}`, { cause: error });
  }
}

async function withMigrator<T>(
  options: MigrateOptions,
  steps: Steps,
  fn: (migrator: Migrator, pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = openPool(options.connectionString);
  try {
    const guard = await pool.connect();
    try {
      await waitForTurn(guard, options.waitMs ?? 120_000);
      return await fn(migratorOn(pool, steps), pool);
    } finally {
      // Destroying the session frees its advisory lock, whatever state it is in.
      guard.release(true);
    }
  } finally {
    await pool.end();
  }
}

/** Asks again and again: a session that waits inside pg_advisory_lock() would block CREATE INDEX CONCURRENTLY. */
async function waitForTurn(client: pg.PoolClient, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1, $2) as mine', [
      ...ADVISORY_LOCK,
    ]);
    if (rows[0]?.mine) return;
    if (Date.now() > deadline) {
      throw new MigrationError(`Another migrator has held this database for ${Math.round(waitMs / 1000)} s.`);
    }
    await sleep(50 + Math.random() * 100);
  }
}

function migratorOn(pool: pg.Pool, steps: Steps): Migrator {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return new Migrator({ db, provider: { getMigrations: async () => steps } });
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 4,
    application_name: 'promptory-migrate',
    connectionTimeoutMillis: 5_000,
    lock_timeout: STEP_LOCK_TIMEOUT_MS,
  });
  // A session that dies shows as the failure of what runs on it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
