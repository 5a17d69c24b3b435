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
} from '@promptory/api/server';
import { type ChangeFeed, type Connection, openChangeFeed, serverOf } from '@promptory/db';

const BEAT_MS = 1_000;

/** What this process remembers of the database, and who watches that, with the feed that tells both of changes. */
export interface OpenMemory {
  readonly memory: Memory;
  readonly live: Live;
  /** Null where nothing is remembered and nobody may watch. */
  readonly listen: ChangeFeed['listen'] | null;
  /** Null where nothing is remembered. */
  counts(): MemoryCounts | null;
  close(): Promise<void>;
}

/** Without bytes to remember anything in, and without streams, there is no feed. */
export function openMemory(options: {
  readonly bounds: MemoryBounds;
  /** Streams of events at once. */
  readonly watches: number;
  /** To the database itself. */
  readonly connectionString: string;
  /** By which everything else is asked. */
  readonly pool: Connection['pool'];
  readonly log: Pick<Log, 'warn'>;
  /** As of `openChangeFeed`. */
  readonly patienceFactor?: number;
}): OpenMemory {
  const { bounds, watches, connectionString, pool, log, patienceFactor = 1 } = options;
  const remembers = bounds.promptBytes > 0;
  if (!remembers && watches === 0) {
    return { memory: noMemory, live: noLive, listen: null, counts: () => null, close: async () => undefined };
  }
  const feed = openChangeFeed({
    connectionString,
    log: { warn: (message, error) => log.warn({ err: error }, message) },
    serverOfOthers: () => serverOf(pool),
    patienceFactor,
  });
  // What is forgotten comes before who is told of it.
  const memory = remembers ? createMemory(feed, bounds) : null;
  const live = watches > 0 ? createLive({ feed, pool, log, streams: watches }) : null;
  const beating = setInterval(() => live?.beat(), BEAT_MS).unref();
  return {
    memory: memory ?? noMemory,
    live: live ?? noLive,
    listen: (listener) => feed.listen(listener),
    counts: () => memory?.counts() ?? null,
    async close() {
      clearInterval(beating);
      await feed.close();
    },
  };
}
