import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sqlState } from '../src/connection/sql-state.ts';
import { hashMigrations, migrateToLatest } from '../src/migrate/migrator.ts';

const TEMPLATE_LOCK: readonly [number, number] = [1886547817, 2];
const OBJECT_IN_USE = '55006';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests may create databases, with the migrated template. */
    databaseServer: DatabaseServer;
  }
}

/** A server for databases of tests. */
export interface DatabaseServer {
  /** As the owner of what tests make. */
  readonly connectionString: string;
  /** As the role of the application; the owner again where none is given. */
  readonly applicationConnectionString?: string;
}

/** The same server and role, another database. */
export function withDatabase(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs `fn` on a session of the database that a connection string names. */
export async function withClient<T>(connectionString: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 60_000,
    application_name: 'promptory-test',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}

let name: Promise<string> | undefined;

/** Name of the template of the migrations as they were on disk when it was first asked for. */
export function templateName(): Promise<string> {
  name ??= hashMigrations().then((hash) => `promptory_template_${hash}`);
  return name;
}

/** Makes the migrated template database on a server, unless it is there. Calls at the same time make it once. */
export async function ensureTemplate({
  connectionString,
  applicationConnectionString,
}: DatabaseServer): Promise<string> {
  const name = await templateName();
  await withClient(connectionString, async (client) => {
    await client.query('select pg_advisory_lock($1, $2)', [...TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount) return;
    // Migrated under another name: a template that exists is whole.
    const unfinished = `${name}_unfinished`;
    await client.query(`drop database if exists ${client.escapeIdentifier(unfinished)} with (force)`);
    await client.query(`create database ${client.escapeIdentifier(unfinished)}`);
    await migrateToLatest({
      connectionString: withDatabase(connectionString, unfinished),
      applicationConnectionString,
    });
    await retryWhileInUse(() =>
      client.query(`alter database ${client.escapeIdentifier(unfinished)} rename to ${client.escapeIdentifier(name)}`),
    );
  });
  return name;
}

/** Makes `database` as a copy of `template`, file by file: without a record of each page, which costs ten times as much. */
export async function cloneDatabase(connectionString: string, template: string, database: string): Promise<void> {
  await withClient(connectionString, (client) =>
    retryWhileInUse(() =>
      client.query(
        `create database ${client.escapeIdentifier(database)} template ${client.escapeIdentifier(template)} strategy file_copy`,
      ),
    ),
  );
}

/** A session that has just ended, or autovacuum, may still hold the database that is copied or renamed. */
async function retryWhileInUse(fn: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fn();
      return;
    } catch (error) {
      if (sqlState(error) !== OBJECT_IN_USE || attempt >= 1_000) throw error;
      await sleep(50 + Math.random() * 100);
    }
  }
}
