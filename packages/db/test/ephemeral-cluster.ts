import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedPostgresError } from '../src/embedded/embedded-postgres-error.ts';
import { isAlive } from '../src/embedded/ownership/process-identity.ts';
import { type Binaries, reachableBinaries } from '../src/embedded/server/binaries.ts';
import {
  freePort,
  initialiseCluster,
  type StartOptions,
  SUPERUSER,
  startServer,
  stopServer,
} from '../src/embedded/server/postgres-process.ts';
import { readPostmaster, servesFolder } from '../src/embedded/server/postmaster.ts';
import { canPass, type UnprivilegedUser, unprivilegedUser } from '../src/embedded/server/unprivileged-user.ts';

const PREFIX = 'promptory-test-';
const OWNER = 'promptory';
export const APPLICATION = 'promptory_app';
export const START_TIMEOUT_MS = 120_000;
// Where Linux keeps files in memory. To copy a database of some hundred files costs a twentieth there.
const MEMORY = '/dev/shm';
const ROOM_IN_MEMORY = 2 * 2 ** 30;
const MEMORY_LEFT = 4 * 2 ** 30;

// Nothing here outlives its run, so nothing waits for the disk.
const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'fsync = off',
  'autovacuum = off',
  'synchronous_commit = off',
  'full_page_writes = off',
  'wal_level = minimal',
  'max_wal_senders = 0',
  'max_wal_size = 1GB',
  'checkpoint_timeout = 1h',
  'shared_buffers = 64MB',
  'max_connections = 300',
  'max_locks_per_transaction = 256',
  'scram_iterations = 1',
  'jit = off',
  "log_timezone = 'UTC'",
  "timezone = 'UTC'",
];

// Later lines win.
const REPLICATION = ['synchronous_commit = on', 'wal_level = replica', 'max_wal_senders = 4', 'wal_keep_size = 64MB'];

export interface EphemeralCluster {
  /** Of the database `promptory`, as the schema's owner, who may create databases and is no superuser. */
  connectionString: string;
  /** The same as the role of the application, which the migrations give its rights. */
  applicationConnectionString: string;
  /** The same server as its superuser: to end sessions, or to look at what the role may not. */
  superuserConnectionString: string;
  /** The server's own process, for those who want to kill it. */
  pid: number;
  /** Its files, of which a replica is made. */
  files: ClusterFiles;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** What a cluster was started by. */
export interface ClusterFiles extends Omit<StartOptions, 'timeoutMs'> {
  /** Of its superuser and of both roles. */
  readonly password: string;
}

export interface EphemeralClusterOptions {
  /** How long `stop()` waits for the server before it kills it. Default 30. */
  stopSeconds?: number;
  /** In place of the embedded PostgreSQL's, such as those of an older version. */
  binaries?: Binaries;
  /** Whether replicas may follow it; then a commit waits for the log, as in production, for only what is flushed goes to them. */
  replicates?: boolean;
  /** For what may grow to gigabytes: not in memory, even where there is room. */
  onDisk?: boolean;
}

/** Starts an empty PostgreSQL in a temporary folder, for a test run, an end-to-end test or a benchmark. */
export async function startEphemeralCluster(options: EphemeralClusterOptions = {}): Promise<EphemeralCluster> {
  const user = unprivilegedUser();
  const binaries = options.binaries ?? (await reachableBinaries(user));
  const disk = [tmpdir(), '/tmp', '/var/tmp'];
  for (const base of new Set([MEMORY, ...disk])) await sweepLeftovers(base, user);
  const inMemory = options.onDisk !== true && (await hasRoomInMemory());
  const base = await openBase(user, inMemory ? [MEMORY, ...disk] : disk);
  // Named by the process that will remove it: one that a killed run left is known by its dead owner.
  const folder = await mkdtemp(join(base, `${PREFIX}${process.pid}-`));
  if (user) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  const dataFolder = join(folder, 'data');
  const password = randomBytes(18).toString('base64url');
  const stop = async (): Promise<void> => {
    await endServer(binaries, user, dataFolder, options.stopSeconds);
    await removeFolder(folder);
  };
  try {
    const workFolder = join(folder, 'init');
    const settings = [...SETTINGS, ...(options.replicates === true ? REPLICATION : [])].filter(
      (line) => binaries.major >= 16 || !line.startsWith('scram_iterations'),
    );
    await initialiseCluster({ binaries, user, dataFolder, workFolder, password, settings, durable: false });
    const server = { binaries, user, dataFolder, logFile: join(folder, 'postgres.log') };
    const { port, pid } = await startOnFreePort(server);
    const url = (role: string, database: string): string => urlOf({ role, password, port, database });
    const superuserConnectionString = url(SUPERUSER, 'postgres');
    await createRolesAndDatabase(superuserConnectionString, password);
    return {
      connectionString: url(OWNER, OWNER),
      applicationConnectionString: url(APPLICATION, OWNER),
      superuserConnectionString,
      pid,
      files: { ...server, port, password },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of a role of a cluster. */
export const urlOf = (of: { role: string; password: string; port: number; database: string }): string =>
  `postgresql://${of.role}:${of.password}@127.0.0.1:${of.port}/${of.database}`;

/** Between the look for a free port and the start, another process of a busy machine may take it. */
export async function startOnFreePort(
  server: Omit<StartOptions, 'port' | 'timeoutMs'>,
): Promise<{ port: number; pid: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, pid: await startServer({ ...server, port, timeoutMs: START_TIMEOUT_MS }) };
    } catch (error) {
      if (attempt >= 3 || !String(error).includes('in use')) throw error;
    }
  }
}

/** Stops the server. Nothing in it is worth a wait without end: what does not stop in time is killed. */
export async function endServer(
  binaries: Binaries,
  user: UnprivilegedUser | undefined,
  dataFolder: string,
  seconds?: number,
): Promise<void> {
  const postmaster = await readPostmaster(dataFolder);
  if (postmaster === undefined || !(await servesFolder(postmaster.pid, dataFolder))) return;
  await stopServer(binaries, user, dataFolder, 'immediate', seconds).catch(() => undefined);
  if (await servesFolder(postmaster.pid, dataFolder)) killIfAlive(postmaster.pid);
}

/** It may have ended since it was last looked at. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ESRCH') throw error;
  }
}

/** Tries again while a killed server's processes still write. What is left then, the next run removes. */
async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  } catch (error) {
    process.stderr.write(`${folder} could not be removed, the next run of the tests does it: ${String(error)}\n`);
  }
}

async function createRolesAndDatabase(connectionString: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(`create role ${OWNER} login createdb password ${client.escapeLiteral(password)}`);
    await client.query(`create role ${APPLICATION} login password ${client.escapeLiteral(password)}`);
    await client.query(`create database ${OWNER} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}

async function hasRoomInMemory(): Promise<boolean> {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > ROOM_IN_MEMORY && process.availableMemory() > MEMORY_LEFT;
}

async function openBase(user: UnprivilegedUser | undefined, bases: readonly string[]): Promise<string> {
  for (const base of bases) if (await canPass(user, base).catch(() => false)) return base;
  throw new EmbeddedPostgresError(
    'No temporary folder is open to the user that PostgreSQL runs as. Set TEST_DATABASE_URL.',
  );
}

/** Removes the clusters of runs that were killed before they could do it themselves. */
async function sweepLeftovers(base: string, user: UnprivilegedUser | undefined): Promise<void> {
  for (const name of await readdir(base).catch(() => [])) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = join(base, name);
    try {
      for (const data of ['data-replica', 'data']) {
        await endServer(await reachableBinaries(user), user, join(folder, data));
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // Another user's, or another run removes it right now.
    }
  }
}
