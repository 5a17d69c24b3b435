import { createPasswordHasher } from '@promptory/auth';
import { type Connection, connect } from '@promptory/db';
import { openEmbedded } from '@promptory/db/embedded';
import { migrateToLatest } from '@promptory/db/migrate';
import { dataFolderOf } from '../settings/data-folder.ts';
import { type Env, isServing, readEnv, SettingsError } from '../settings/env.ts';
import { loadEnvFile } from '../settings/project-root.ts';

/** What a command line works with: the database of the settings, as the server would use it. */
export interface CommandContext {
  readonly env: DatabaseEnv;
  readonly connection: Connection;
  readonly passwords: ReturnType<typeof createPasswordHasher>;
  readonly clock: { now(): Date };
}

/**
 * Runs a command on the database of the settings: the one of DATABASE_URL, or the embedded one, which is started and
 * migrated for it. What it answers goes to standard output; a failure is one line and exit code 1.
 */
export async function runOnDatabase(
  command: (context: CommandContext) => Promise<string>,
  open: typeof openEmbedded = openEmbedded,
): Promise<void> {
  try {
    loadEnvFile();
    const env = databaseEnv(process.env);
    const embedded = env.databaseUrl === null ? await open({ folder: dataFolderOf(env) }) : null;
    try {
      const connectionString = embedded?.connectionString ?? env.databaseUrl ?? '';
      if (embedded !== null) {
        const { ownerConnectionString } = embedded;
        await migrateToLatest({
          connectionString: ownerConnectionString,
          applicationConnectionString: connectionString,
        });
      }
      const connection = connect({ connectionString, max: 2, applicationName: 'promptory-command' });
      try {
        const context = { env, connection, passwords: createPasswordHasher(), clock: { now: () => new Date() } };
        process.stdout.write(`${await command(context)}\n`);
      } finally {
        await connection.close();
      }
    } finally {
      await embedded?.close();
    }
  } catch (error) {
    process.stderr.write(`${inOneLine(error)}\n`);
    process.exitCode = 1;
  }
}

type DatabaseEnv = Pick<Env, 'environment' | 'databaseUrl' | 'dataFolder'>;

/** The settings of the database alone: a command sends no mail and signs no token. */
function databaseEnv({ DATABASE_URL, DATA_FOLDER, NODE_ENV }: NodeJS.ProcessEnv): DatabaseEnv {
  if (!isServing(NODE_ENV)) return readEnv({ DATABASE_URL, DATA_FOLDER, NODE_ENV });
  if (!DATABASE_URL)
    throw new SettingsError('DATABASE_URL is not set: the embedded PostgreSQL is for development only.');
  return { ...readEnv({ DATABASE_URL, DATA_FOLDER }), environment: NODE_ENV };
}

/** A fault in one line, with those of an input behind it. */
export function inOneLine(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return inOneLine(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const faults: unknown = Reflect.get(error, 'errors');
  const details = Array.isArray(faults)
    ? faults.map((fault) => `${Reflect.get(Object(fault), 'path')}: ${Reflect.get(Object(fault), 'message')}`)
    : [];
  return [error.message || error.name, ...details].join(' ').trim();
}
