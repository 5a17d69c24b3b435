import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isStartingOrStopping, sqlState } from '../connection/sql-state.ts';
import { type DataPlace, findDataPlace, readState, writeState } from './cluster-state.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { withFolderLock } from './ownership/folder-lock.ts';
import { countLeases, takeLease } from './ownership/leases.ts';
import { isAlive } from './ownership/process-identity.ts';
import { type Binaries, reachableBinaries } from './server/binaries.ts';
import { fullDiskError } from './server/full-disk.ts';
import {
  freePort,
  initialiseCluster,
  runProgram,
  SUPERUSER,
  startServer,
  stopServer,
} from './server/postgres-process.ts';
import { readPostmaster, servesFolder } from './server/postmaster.ts';
import { endError, watchServer } from './server/watch-server.ts';

const NAME = 'promptory';
const APPLICATION = 'promptory_app';
const MAX_LOG_BYTES = 10 * 1024 * 1024;
const START_TIMEOUT_MS = 120_000;

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'max_connections = 100',
  'shared_buffers = 64MB',
  'jit = off',
  "log_timezone = 'UTC'",
  "timezone = 'UTC'",
];

export interface EmbeddedLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface OpenEmbeddedOptions {
  /** Such as `.promptory` in the project's root: holds the data, the log, the port and the password. Made if missing. */
  folder: string;
  log?: EmbeddedLog;
  /** Called when the server ends that nobody stopped, as where the write-ahead log finds no room, with what to say of it. */
  onEnd?: (error: EmbeddedPostgresError) => void;
}

export interface EmbeddedPostgres {
  /** Of the database `promptory`, as the role of the application, which the migrations give its rights. */
  connectionString: string;
  /** The same as the owner, who migrates, and is no superuser. */
  ownerConnectionString: string;
  /** Whether the server was running already: another process uses it, or one was killed. */
  adopted: boolean;
  dataFolder: string;
  /** Gives the server back; it stops when no other living process uses it. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens the development PostgreSQL of a folder: makes it, starts it, or takes over the one that runs. Processes that open
 * the same folder share one server. Data is never deleted. Throws EmbeddedPostgresError with one line that says what to do.
 */
export async function openEmbedded(options: OpenEmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder);
  const log = options.log ?? { info: () => undefined, warn: () => undefined };
  try {
    // As root, PostgreSQL's own user must be able to go through this folder, though not to look around in it.
    await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 }).catch((cause: Error) => {
      const text = `The folder for data cannot be made (${cause.message}): set DATA_FOLDER to one that can.`;
      throw new EmbeddedPostgresError(text, { cause });
    });
    const lock = join(folder, 'postgres.lock');
    return await withFolderLock(lock, async () => {
      const cluster = await openCluster(folder, log);
      const giveBack = await takeLease(folder);
      const { onEnd } = options;
      const ended = (): void => void endError(cluster.dataFolder, logFileOf(folder)).then(onEnd);
      const unwatch = onEnd === undefined ? () => undefined : watchServer(cluster.dataFolder, ended);
      let closing: Promise<void> | undefined;
      const close = (): Promise<void> =>
        withFolderLock(lock, async () => {
          await giveBack();
          if ((await countLeases(folder)) === 0) await cluster.stop();
        });
      return {
        connectionString: cluster.connectionString,
        ownerConnectionString: cluster.ownerConnectionString,
        adopted: cluster.adopted,
        dataFolder: cluster.dataFolder,
        close: () => {
          unwatch();
          closing ??= close();
          return closing;
        },
      };
    });
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOSPC' || sqlState(error) === '53100') throw (await fullDiskError(folder, 'ENOSPC')) ?? error;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new EmbeddedPostgresError(
      `${folder} cannot be used by this user (${code}): run as the user who made it, move it away, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

interface OpenCluster {
  connectionString: string;
  ownerConnectionString: string;
  adopted: boolean;
  dataFolder: string;
  stop(): Promise<void>;
}

async function openCluster(folder: string, log: EmbeddedLog): Promise<OpenCluster> {
  const state = await readState(folder);
  const place = await findDataPlace(folder, state, log.warn);
  const binaries = await reachableBinaries(place.user);
  const { dataFolder, user, data } = place;
  let password = state?.password ?? randomBytes(24).toString('base64url');
  if (place.exists) await requireMajor(dataFolder, binaries.major);
  else await initialise(place, binaries, password, log);

  const stop = async (): Promise<void> => {
    const postmaster = await readPostmaster(dataFolder);
    if (postmaster && (await servesFolder(postmaster.pid, dataFolder))) await stopServer(binaries, user, dataFolder);
  };
  const opened = (port: number, adopted: boolean): OpenCluster => {
    const connectionString = databaseUrl(APPLICATION, password, port, NAME);
    const ownerConnectionString = databaseUrl(NAME, password, port, NAME);
    return { connectionString, ownerConnectionString, adopted, dataFolder, stop };
  };

  const running = await waitForRunning(dataFolder, password);
  if (running?.letsIn) {
    await ensureDatabase(running.port, password);
    await writeState(folder, { folder, port: running.port, password, data });
    log.info(`Took over the PostgreSQL that runs on port ${running.port}.`);
    return opened(running.port, true);
  }
  if (running) await stop();
  await removeForeignPid(dataFolder);
  const start = (wanted?: number): Promise<number> => startOnFreePort(folder, place, binaries, wanted);
  let port = await start(state?.port);
  try {
    if (!(await letsIn(port, password))) {
      // postgres.json was lost, or the password changed by hand: who owns the files may set it anew.
      await stop();
      password = randomBytes(24).toString('base64url');
      const sql = `alter role ${SUPERUSER} password '${password}'\n`;
      await runProgram(binaries.postgres, ['--single', '-D', dataFolder, 'postgres'], user, dataFolder, sql);
      port = await start(port);
    }
    await ensureDatabase(port, password);
    await writeState(folder, { folder, port, password, data });
  } catch (error) {
    await stop();
    throw error;
  }
  return opened(port, false);
}

async function initialise(place: DataPlace, binaries: Binaries, password: string, log: EmbeddedLog): Promise<void> {
  const { dataFolder, user } = place;
  const entries = await readdir(dataFolder).catch(() => []);
  if (entries.length > 0) {
    throw new EmbeddedPostgresError(`${dataFolder} holds files but is no PostgreSQL data folder: move it away.`);
  }
  const parent = dirname(dataFolder);
  const prefix = `${basename(dataFolder)}.init-`;
  // Under the folder's lock nobody else is making one: these are what killed processes left half-done. An initdb that
  // outlived its starter may still write into one, which then stays until the next start.
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
  log.info(`Making a PostgreSQL ${binaries.major} in ${dataFolder}.`);
  const workFolder = join(parent, prefix + randomBytes(6).toString('hex'));
  await initialiseCluster({ binaries, user, dataFolder, workFolder, password, settings: SETTINGS, durable: true });
}

async function requireMajor(dataFolder: string, major: number): Promise<void> {
  const found = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8')).trim();
  if (found === String(major)) return;
  throw new EmbeddedPostgresError(
    `${dataFolder} was made by PostgreSQL ${found}, and this one is ${major}: dump it with PostgreSQL ${found} and restore it here, or move the folder away to start empty.`,
  );
}

interface RunningServer {
  readonly port: number;
  /** Whether the superuser gets in with the password. */
  readonly letsIn: boolean;
}

/** The server that runs on a data folder, once it takes connections; undefined where none runs, or it has ended meanwhile. */
async function waitForRunning(dataFolder: string, password: string): Promise<RunningServer | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const postmaster = await readPostmaster(dataFolder);
    if (!postmaster || !(await servesFolder(postmaster.pid, dataFolder))) return undefined;
    const { pid, port, ready } = postmaster;
    try {
      if (ready) return { port, letsIn: await letsIn(port, password) };
    } catch (error) {
      // Where it recovers from a crash or goes down, postmaster.pid calls it ready all the same.
      if (!isStartingOrStopping(error)) throw error;
    }
    if (Date.now() > deadline)
      throw new EmbeddedPostgresError(`The PostgreSQL of ${dataFolder} (process ${pid}) does not become ready.`);
    await sleep(50);
  }
}

/** A postmaster.pid whose number now belongs to another program would keep PostgreSQL from starting. */
async function removeForeignPid(dataFolder: string): Promise<void> {
  const postmaster = await readPostmaster(dataFolder);
  if (postmaster && isAlive(postmaster.pid) && !(await servesFolder(postmaster.pid, dataFolder))) {
    await rm(join(dataFolder, 'postmaster.pid'), { force: true });
  }
}

const logFileOf = (folder: string): string => join(folder, 'postgres.log');

async function startOnFreePort(folder: string, place: DataPlace, binaries: Binaries, wanted?: number): Promise<number> {
  const logFile = logFileOf(folder);
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size > MAX_LOG_BYTES) await truncate(logFile);
  const deadline = Date.now() + 20_000;
  let port = await freePort(wanted);
  for (;;) {
    try {
      const { user, dataFolder } = place;
      await startServer({ binaries, user, dataFolder, logFile, port, timeoutMs: START_TIMEOUT_MS });
      return port;
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      if (Date.now() > deadline) throw error;
      // Somebody took the port meanwhile, or sessions of a killed server are still on their way out.
      if (/could not bind|could not create any TCP/.test(reason)) port = await freePort();
      else if (/shared memory block \(key \d{1,20}, ID \d{1,20}\) is still in use/.test(reason)) await sleep(200);
      else throw error;
    }
  }
}

/** Whether the superuser gets in with this password; any other trouble is thrown. */
async function letsIn(port: number, password: string): Promise<boolean> {
  try {
    await asSuperuser(port, password, async () => undefined);
    return true;
  } catch (error) {
    // 28P01 wrong password, 28000 no such role.
    if (sqlState(error)?.startsWith('28')) return false;
    throw error;
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  await asSuperuser(port, password, async (client) => {
    const secret = client.escapeLiteral(password);
    for (const [name, may] of [
      [NAME, 'createdb'],
      [APPLICATION, 'nocreatedb'],
    ] as const) {
      const role = await client.query('select from pg_roles where rolname = $1', [name]);
      await client.query(`${role.rowCount ? 'alter' : 'create'} role ${name} login ${may} password ${secret}`);
    }
    const database = await client.query('select from pg_database where datname = $1', [NAME]);
    if (!database.rowCount) await client.query(`create database ${NAME} owner ${NAME}`);
  });
}

async function asSuperuser(port: number, password: string, fn: (client: pg.Client) => Promise<void>): Promise<void> {
  const connectionString = databaseUrl(SUPERUSER, password, port, 'postgres');
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await fn(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(role: string, password: string, port: number, database: string): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
