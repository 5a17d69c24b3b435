import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addEvents, writeUsage } from '@promptory/api/server';
import { connect, hasDiskRoom } from '@promptory/db';
import { type AppOptions, buildApp } from '../app.ts';
import { openBackups } from '../jobs/backups.ts';
import { queuedJobs } from '../jobs/queued-jobs.ts';
import { type Jobs, runJobs } from '../jobs/run-jobs.ts';
import { createDatabaseMeasures } from '../measures/statement-measures.ts';
import { createTlsMeasures } from '../measures/tls-measures.ts';
import { createWorkMeasures } from '../measures/work-measures.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createReadiness } from '../observability/readiness.ts';
import { createCallGates } from '../services/call-gate.ts';
import { createServices } from '../services/create-services.ts';
import { createKeptCounts } from '../services/kept-counts.ts';
import { createKeptUses } from '../services/kept-uses.ts';
import { createLimiter } from '../services/limiter.ts';
import { fileMailer, smtpMailer } from '../services/mailer.ts';
import { openMemory } from '../services/open-memory.ts';
import { createUsageRecorder } from '../services/usage-recorder.ts';
import { createWorkerPool } from '../services/workers/worker-pool.ts';
import { dataFolderOf } from '../settings/data-folder.ts';
import type { Env } from '../settings/env.ts';
import { ROOT } from '../settings/project-root.ts';
import { loadOrCreateJwtSecret } from '../settings/secrets/jwt-secret.ts';
import type { TracingSettings } from '../settings/tracing.ts';
import { alsoTraced, type Tracing } from '../tracing/tracing.ts';
import { lookForTimeLimits, requireConnections } from './require-connections.ts';
import { requireDatabase } from './require-database.ts';
import { StartError, startErrorOf } from './start-error.ts';
import { TlsFiles } from './tls-files.ts';

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Reads the files of the certificate again; null where there are none. */
  readonly readCertificate: (() => Promise<void>) | null;
  /** Serves what was accepted, then closes everything. A second call waits for the first. */
  stop(): Promise<void>;
}

// How long `/health/ready` answers 503 before connections close, so that balancers stop sending; development has none.
const UNREADY_DELAY_MS = 1_000;
// Within the ten seconds a supervisor gives: whoever still waits by then is cut off.
const CLOSE_TIMEOUT_MS = 7_000;

export interface ServeOptions {
  /** Whether the caller has just migrated the database, so that it need not be checked. */
  readonly migrated?: boolean;
  /** The console from its sources; the built one unless given. */
  readonly liveConsole?: AppOptions['liveConsole'];
}

/**
 * Starts the whole server by its settings: database, limits, jobs, mail, HTTP.
 *
 * @throws StartError when the database is away or behind, a certificate cannot be read, or the port is taken
 */
export async function serve(env: Env, logger: Logger, options: ServeOptions = {}): Promise<RunningServer> {
  const { databaseUrl } = env;
  if (databaseUrl === null) throw new StartError('DATABASE_URL is not set: start with `pnpm dev`, or set it.');
  // For what needs the database itself, where there is a pooler before it.
  const directUrl = env.databaseFeedUrl ?? databaseUrl;
  if (options.migrated !== true) await requireDatabase(env, databaseUrl, logger);
  const tls = env.tls === null ? null : await TlsFiles.open(env.tls, { clock: { now: () => new Date() }, log: logger });
  const jwtSecrets = env.jwtSecrets ?? [await loadOrCreateJwtSecret(dataFolderOf(env))];
  const log = { warn: (message: string, error?: unknown) => logger.warn({ err: error }, message) };

  // A connection of its own: whether the server is ready must not wait behind those who keep the pool busy.
  const probe = connect({ connectionString: databaseUrl, max: 1, applicationName: 'promptory-ready', log });
  await requireConnections(env, probe, logger);
  await lookForTimeLimits(probe, logger);
  const readiness = createReadiness({
    ping: () => probe.pool.query('SELECT 1'),
    hasDiskRoom: () => hasDiskRoom(probe.pool),
    log: logger,
  });
  const tracing = env.tracing === null ? null : await loadTracing(env.tracing, logger);
  const statements = createDatabaseMeasures({ slowMs: env.slowQueryMs, log: logger });
  const connection = connect({
    connectionString: databaseUrl,
    max: env.databasePoolSize,
    log,
    onDiskFull: () => readiness.diskFull(),
    measures: alsoTraced(statements.of('requests'), tracing),
  });
  const counts = createKeptCounts({
    write: (some) => addEvents(connection.db, some),
    now: () => new Date(),
    log: logger,
  });
  const work = createWorkMeasures({ queue: queuedJobs(connection.pool), kept: counts });
  const limiter = work.limiter(await createLimiter({ limits: env.limits, redisUrl: env.redisUrl, log: logger }));
  const gates = createCallGates(env.callsInFlight);
  const usage = createUsageRecorder({
    write: async (events) => void (await writeUsage(connection.db, events)),
    keeps: createKeptUses(env.historyUsesADay),
    counts,
    log: logger,
  });
  const workers = createWorkerPool({ threads: env.workerThreads, log: logger });
  const opened = openMemory({
    bounds: env.memory,
    watches: env.watches,
    connectionString: directUrl,
    connection,
    replica:
      env.databaseReplicaUrl === null ? null : { connectionString: env.databaseReplicaUrl, max: env.databasePoolSize },
    log: logger,
  });
  const { memory, live, reads } = opened;
  const services = createServices({
    ...env,
    db: connection.db,
    reads,
    log: logger,
    limiter,
    usage,
    workers,
    memory,
    live,
    jwtSecrets,
  });
  const mailer =
    env.smtpUrl === null
      ? fileMailer({ folder: join(dataFolderOf(env), 'mail'), from: env.mailFrom, log: logger })
      : await smtpMailer({ url: env.smtpUrl, from: env.mailFrom });
  const development = env.environment === 'development' || env.environment === 'test';
  const backups =
    env.backups === null
      ? null
      : openBackups(
          { ...env.backups, folder: resolve(ROOT, env.backups.folder) },
          { connectionString: directUrl, clock: services.clock, log: logger },
        );
  const stopping = new AbortController();
  const app = await buildApp({
    services,
    limiter,
    gates,
    logger,
    metrics: createMetrics({
      pool: connection.pool,
      calls: gates,
      memory: opened.counts,
      replica: opened.replicaCounts,
      newestBackup: backups?.newestMadeAt ?? null,
      newestStoredBackup: backups?.newestStoredAt ?? null,
      further: [statements, work, ...(tls === null ? [] : [createTlsMeasures(tls)])],
      process: true,
    }),
    tracing,
    listen: opened.listen,
    isReady: () => readiness.isReady(),
    stopping: stopping.signal,
    corsOrigins: env.corsOrigins,
    ownOrigins: development ? localOrigins(env) : [],
    localPages: env.environment === 'development',
    trustProxy: env.trustProxy,
    connections: env.connections,
    tls: tls?.texts ?? null,
    metricsToken: env.metricsToken,
    openMetrics: development,
    consoleFolder: join(ROOT, 'apps/console/dist'),
    liveConsole: options.liveConsole ?? null,
  });
  let jobs: Jobs | null = null;

  const close = async (): Promise<void> => {
    readiness.stop();
    tls?.close();
    stopping.abort();
    if (!development) await sleep(UNREADY_DELAY_MS);
    const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_TIMEOUT_MS);
    await Promise.all([app.close(), jobs?.stop()]);
    clearTimeout(cut);
    await Promise.all([usage.close(), counts.close()]);
    await opened.close();
    mailer.close();
    await Promise.all([workers.close(), limiter.close(), connection.close(), probe.close()]);
    await tracing?.close();
  };
  let closing: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    closing ??= close();
    return closing;
  };

  try {
    // A burst of connections waits in the kernel, which may bound it further, and not for a second try of its clients.
    await app.listen({ host: env.host, port: env.port, backlog: env.connections.connections });
  } catch (error) {
    await stop();
    throw startErrorOf(error, env);
  }
  if (app.server instanceof TlsServer) tls?.serve(app.server);
  // What runs them is loaded once the server listens.
  jobs = runJobs({
    connectionString: directUrl,
    services: { ...services, mailer: work.mailer(mailer) },
    measure: (tasks) => tracing?.tasks(work.tasks(tasks)) ?? work.tasks(tasks),
    measures: statements.of('jobs'),
    ensurePartitions: () => connection.pool.query('SELECT public.ensure_usage_partitions()'),
    backups,
  });
  const { address, port, family } = app.server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  const readCertificate = tls === null ? null : () => tls.look();
  return { url: `${tls === null ? 'http' : 'https'}://${host}:${port}`, readCertificate, stop };
}

const localOrigins = ({ port, tls }: Env): string[] =>
  ['localhost', '127.0.0.1', '[::1]'].map((host) => `${tls === null ? 'http' : 'https'}://${host}:${port}`);

/** Only where there are to be traces: whoever wants none pays for none. */
async function loadTracing(settings: TracingSettings, logger: Logger): Promise<Tracing> {
  const { openTracing } = await import('../tracing/open-tracing.ts');
  return openTracing(settings, logger);
}
