import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SUPERUSER, startServer, stopServer } from '../src/embedded/server/postgres-process.ts';
import {
  APPLICATION,
  type EphemeralCluster,
  endServer,
  START_TIMEOUT_MS,
  startOnFreePort,
  urlOf,
} from './ephemeral-cluster.ts';
import { signalServer } from './signal-server.ts';
import { withClient } from './template-database.ts';

/** A streaming replica of a cluster, in a folder beside its data. Stop it first. */
export interface EphemeralReplica {
  /** As the role of the application, of any database that the cluster has. */
  connectionStringOf(database: string): string;
  /** As the superuser, who may have it pause. */
  readonly superuserConnectionString: string;
  /** Ends all of its processes as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again on what it has. */
  restart(): Promise<void>;
  /** Stops all of its processes where they are: who asks it waits without an answer. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Makes it a cluster of its own. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a replica of a cluster that `replicates`, by a copy of its files, and starts it. The cluster is stopped for that, and started again on
 * its port. What the two need is PostgreSQL's server alone, without its programs for copies.
 */
export async function startReplica(cluster: EphemeralCluster): Promise<EphemeralReplica> {
  const { password, ...files } = cluster.files;
  const { binaries, user } = files;
  const dataFolder = `${files.dataFolder}-replica`;
  await stopServer(binaries, user, files.dataFolder);
  const [code] = await once(spawn('cp', ['-a', files.dataFolder, dataFolder], { stdio: 'inherit' }), 'close');
  cluster.pid = await startServer({ ...files, timeoutMs: START_TIMEOUT_MS });
  if (code !== 0) throw new Error(`cp ended with ${code}.`);
  const primary = `host=127.0.0.1 port=${files.port} user=${SUPERUSER} password=${password}`;
  await writeFile(
    join(dataFolder, 'postgresql.conf'),
    `\nprimary_conninfo = '${primary}'\nwal_retrieve_retry_interval = 100ms\n`,
    { flag: 'a' },
  );
  await writeFile(join(dataFolder, 'standby.signal'), '');
  const server = { binaries, user, dataFolder, logFile: `${files.logFile}-replica` };
  const started = await startOnFreePort(server);
  const { port } = started;
  let { pid } = started;
  const superuserConnectionString = urlOf({ role: SUPERUSER, password, port, database: 'postgres' });

  const signal = (name: NodeJS.Signals): Promise<void> => signalServer(pid, name);
  return {
    superuserConnectionString,
    connectionStringOf: (database) => urlOf({ role: APPLICATION, password, port, database }),
    kill: () => signal('SIGKILL'),
    async restart() {
      pid = await startServer({ ...server, port, timeoutMs: START_TIMEOUT_MS });
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    promote: () =>
      withClient(superuserConnectionString, async (client) => void (await client.query('SELECT pg_promote()'))),
    async stop() {
      await signal('SIGCONT');
      await endServer(binaries, user, dataFolder);
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
