import { connect, sqlState } from '@promptory/db';
import { EmbeddedPostgresError, openEmbedded } from '@promptory/db/embedded';
import { StartError } from '../process/start-error.ts';
import { dataFolderOf } from '../settings/data-folder.ts';
import { type Env, readEnv, SettingsError } from '../settings/env.ts';
import { namesInEnvFile, ROOT, useEnvFile } from '../settings/project-root.ts';
import { type AppProcess, forkApp } from './app-process.ts';
import { isMigrated } from './applied-migrations.ts';
import { banner } from './banner.ts';
import type { ConsoleServer } from './console/console-server.ts';
import { demoAccount } from './demo-account.ts';
import { requirePort } from './free-port.ts';
import { restarter } from './restarter.ts';
import { watchSource } from './watch-source.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A database for the server: the one of DATABASE_URL as it is, or the embedded one, up to date and with examples. */
interface DevelopmentDatabase {
  /** Null: the server reads DATABASE_URL itself. */
  readonly url: string | null;
  /** How to sign in, where the examples made an account. */
  readonly account: { email: string; password: string } | null;
  migrate(): Promise<void>;
  close(): Promise<void>;
}

/** @param onEnd called where the embedded one ends by itself, with what to say of it */
async function openDatabase(env: Env, onEnd: (error: Error) => void): Promise<DevelopmentDatabase> {
  if (env.databaseUrl !== null) {
    return { url: null, account: null, migrate: async () => undefined, close: async () => undefined };
  }
  const folder = dataFolderOf(env);
  const embedded = await openEmbedded({ folder, log: { info: print, warn: print }, onEnd });
  const { connectionString, ownerConnectionString } = embedded;
  const migrate = async (): Promise<void> => {
    const { migrateToLatest } = await import('@promptory/db/migrate');
    const applied = await migrateToLatest({
      connectionString: ownerConnectionString,
      applicationConnectionString: connectionString,
    });
    for (const name of applied) print(`Migrated ${name}.`);
  };
  const connection = connect({ connectionString, max: 2, applicationName: 'promptory-dev' });
  try {
    if (!(await isMigrated(connection))) await migrate();
    const account = await demoAccount(connection.db, folder);
    return { url: connectionString, account, migrate, close: () => embedded.close() };
  } catch (error) {
    await embedded.close();
    if (sqlState(error) !== '53100') throw error;
    throw new StartError(`The disk of ${folder} is full: make room there, then start again.`, { cause: error });
  } finally {
    await connection.close();
  }
}

/**
 * Runs everything that development needs, starts the server anew when its source or `.env` changes, and stops it all at
 * Ctrl-C.
 *
 * @param options.given the environment without what `.env` says
 */
export async function develop(options: {
  startedAt: number;
  app: AppProcess;
  consoles: ConsoleServer;
  given: NodeJS.ProcessEnv;
}): Promise<number> {
  const { startedAt, consoles, given } = options;
  let { app } = options;
  const stopped = Promise.withResolvers<void>();
  let stopping = false;
  let firstSignalAt = 0;
  const stop = (): void => {
    // One Ctrl-C arrives from the terminal and again from each runner above; a later one asks for an end at once.
    if (stopping && Date.now() - firstSignalAt > 2_000) void app.stop(0);
    if (stopping) return;
    stopping = true;
    firstSignalAt = Date.now();
    stopped.resolve();
  };
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure = error;
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // The terminal, or the runner that reads for it, is gone.
  process.stdout.on('error', stop);
  process.stderr.on('error', stop);

  let env: Env;
  let database: DevelopmentDatabase | null;
  try {
    env = readEnv(process.env, namesInEnvFile());
    await requirePort(env);
    database = await openDatabase(env, fail);
  } catch (error) {
    await app.stop(0);
    throw error;
  }
  try {
    if (stopping) return 0;
    app.start(database.url);
    const outcome = await Promise.race([app.outcome, stopped.promise]);
    if (outcome !== undefined && 'exitCode' in outcome) return outcome.exitCode;
    const ready = outcome !== undefined && banner({ env, account: database.account, ms: Date.now() - startedAt });
    /** The database as the settings of this moment have it, up to date. */
    const prepare = async (): Promise<DevelopmentDatabase> => {
      useEnvFile(given);
      const next = readEnv(process.env, namesInEnvFile());
      const isOther = next.databaseUrl !== env.databaseUrl || next.dataFolder !== env.dataFolder;
      env = next;
      if (database !== null && !isOther) {
        await database.migrate();
        return database;
      }
      await database?.close();
      // Opened anew at the next change, should it fail now.
      database = null;
      database = await openDatabase(next, fail);
      return database;
    };
    const restarts = restarter(app, {
      prepare,
      fork() {
        app = forkApp(consoles);
        return app;
      },
      isStopping: () => stopping,
      print,
    });
    // Before it says that it is ready: whoever changes something then is heard.
    const unwatch = stopping ? () => undefined : await watchSource(ROOT, () => void restarts.restart());
    if (ready !== false) print(ready);
    await stopped.promise;
    unwatch();
    await restarts.settled();
    if (failure !== null) throw failure;
    return 0;
  } finally {
    await app.stop();
    const closed = database?.close();
    // What it fails at then is what has been said.
    await (failure === null ? closed : closed?.catch(() => undefined));
  }
}

/** A failure that whoever runs the command can put right: its message is enough. Any other is a bug and keeps its stack. */
export function isOperatorError(error: unknown): error is Error {
  return (
    error instanceof SettingsError ||
    error instanceof StartError ||
    error instanceof EmbeddedPostgresError ||
    (error instanceof Error && error.name === 'MigrationError')
  );
}
