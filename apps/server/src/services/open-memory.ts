import {
  createLive,
  createMemory,
  type Live,
  type Log,
  type Memory,
  type MemoryBounds,
  type MemoryCounts,
  noLive,
  noMemory,
  type Reads,
} from '@promptory/api/server';
import {
  type ChangeFeed,
  type Connection,
  openChangeFeed,
  openReplica,
  type ReplicaCounts,
  serverOf,
} from '@promptory/db';

const BEAT_MS = 1_000;

/**
 * What this process remembers of the database, who watches that, and what may be read at a replica, with the feed that tells all of them of
 * changes.
 */
export interface OpenMemory {
  readonly memory: Memory;
  /** Null where there is no replica. */
  readonly reads: Reads | null;
  readonly live: Live;
  /** Null where nothing is remembered and nobody may watch. */
  readonly listen: ChangeFeed['listen'] | null;
  /** Null where nothing is remembered. */
  counts(): MemoryCounts | null;
  /** Null where there is no replica. */
  readonly replicaCounts: (() => ReplicaCounts) | null;
  close(): Promise<void>;
}

/** Without bytes to remember anything in, without streams and without a replica, there is no feed. */
export function openMemory(options: {
  readonly bounds: MemoryBounds;
  /** Streams of events at once. */
  readonly watches: number;
  /** To the database itself. */
  readonly connectionString: string;
  /** By which everything else is asked. */
  readonly connection: Pick<Connection, 'db' | 'pool'>;
  /** Of the same database; null where there is none. */
  readonly replica: { readonly connectionString: string; readonly max: number } | null;
  readonly log: Pick<Log, 'warn'>;
  /** As of `openChangeFeed`. */
  readonly patienceFactor?: number;
}): OpenMemory {
  const { bounds, watches, connectionString, patienceFactor = 1 } = options;
  const { db, pool } = options.connection;
  const remembers = bounds.promptBytes > 0;
  if (!remembers && watches === 0 && options.replica === null) {
    return {
      memory: noMemory,
      reads: null,
      live: noLive,
      listen: null,
      counts: () => null,
      replicaCounts: null,
      close: async () => undefined,
    };
  }
  const log = { warn: (message: string, error?: unknown) => options.log.warn({ err: error }, message) };
  const replica = options.replica && openReplica({ ...options.replica, primary: db, log, patienceFactor });
  const feed = openChangeFeed({
    connectionString,
    log,
    ...(replica === null ? {} : { onRead: replica.hasRead }),
    serverOfOthers: () => serverOf(pool),
    patienceFactor,
  });
  // What is forgotten comes before who is told of it.
  const memory = remembers ? createMemory(feed, bounds) : null;
  const live = watches > 0 ? createLive({ feed, pool, log: options.log, streams: watches }) : null;
  const beating = setInterval(() => live?.beat(), BEAT_MS).unref();
  return {
    // What a change waits for opens the replica to it again.
    memory: memory ?? (replica === null ? noMemory : { ...noMemory, catchUp: () => feed.catchUp() }),
    reads: replica,
    live: live ?? noLive,
    listen: (listener) => feed.listen(listener),
    counts: () => memory?.counts() ?? null,
    replicaCounts: replica && (() => replica.counts()),
    async close() {
      clearInterval(beating);
      await feed.close();
      await replica?.close();
    },
  };
}
