import {
  type EphemeralCluster,
  type EphemeralReplica,
  startEphemeralCluster,
  startReplica,
} from '@promptory/db/testing';
import { runServer, type ServerProcess, type Settings } from '../../e2e/harness/run-server.ts';
import type { Service } from '../../e2e/scenario/scenario.ts';
import { installedPrograms } from '../../harness/programs/installed-programs.ts';
import { type RedisServer, startRedis } from '../../harness/programs/redis-server.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { startPgBouncer } from './pgbouncer.ts';

const SERVERS = 2;

/** Two servers behind a balancer, with what stands behind them. */
export interface ManyServers extends Service {
  readonly servers: readonly ServerProcess[];
  readonly balancer: Balancer;
}

/** A database with a replica and a Redis, of Debian's packages. */
export interface Backends {
  readonly cluster: EphemeralCluster;
  readonly replica: EphemeralReplica;
  readonly redis: RedisServer;
  /** Starts two servers, which reach the database of DATABASE_URL by a PgBouncer of their own. */
  serve(settings: Settings): Promise<ManyServers>;
  stop(): Promise<void>;
}

export async function openBackends(): Promise<Backends> {
  const programs = installedPrograms();
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).toReversed()) await end();
  };
  try {
    const cluster = await startEphemeralCluster({ binaries: programs.binaries, replicates: true });
    ending.push(() => cluster.stop());
    const replica = await startReplica(cluster);
    ending.push(() => replica.stop());
    const redis = await startRedis(programs.redis);
    ending.push(() => redis.kill());
    let served = 0;
    return {
      cluster,
      replica,
      redis,
      stop,
      serve(settings) {
        // What was counted of others is not theirs.
        const REDIS_URL = `${redis.url}/${served}`;
        served += 1;
        return serveMany({ programs, cluster, replica }, { ...settings, REDIS_URL });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function serveMany(
  {
    programs,
    cluster,
    replica,
  }: Pick<Backends, 'cluster' | 'replica'> & {
    readonly programs: ReturnType<typeof installedPrograms>;
  },
  settings: Settings,
): Promise<ManyServers> {
  const direct = settings.DATABASE_URL ?? '';
  const pooler = await startPgBouncer(programs.pgbouncer, direct, cluster.files.user);
  const all = {
    ...settings,
    DATABASE_URL: pooler.connectionString,
    DATABASE_FEED_URL: direct,
    DATABASE_REPLICA_URL: replica.connectionStringOf(new URL(direct).pathname.slice(1)),
  };
  const servers: ServerProcess[] = [];
  const kill = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    await pooler.kill();
  };
  try {
    for (let number = 0; number < SERVERS; number += 1) servers.push(await runServer(all));
    const balancer = await startBalancer(servers.map(({ url }) => url));
    return {
      url: balancer.url,
      servers,
      balancer,
      log: () => servers.map((server) => server.log()).join(''),
      failures: () => servers.flatMap((server) => server.failures()),
      async stop() {
        await balancer.close();
        await Promise.all(servers.map((server) => server.stop()));
        await pooler.kill();
      },
      kill,
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
