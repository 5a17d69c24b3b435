import {
  createMemory,
  type Log,
  type Memory,
  type MemoryBounds,
  type MemoryCounts,
  noMemory,
} from '@promptory/api/server';
import { type Connection, openChangeFeed, serverOf } from '@promptory/db';

/** What this process remembers of the database, with the feed that has it forget. */
export interface OpenMemory {
  readonly memory: Memory;
  /** Null where nothing is remembered. */
  counts(): MemoryCounts | null;
  close(): Promise<void>;
}

/** Without bytes to remember anything in there is no feed. */
export function openMemory(options: {
  readonly bounds: MemoryBounds;
  /** To the database itself. */
  readonly connectionString: string;
  /** By which everything else is asked. */
  readonly pool: Connection['pool'];
  readonly log: Pick<Log, 'warn'>;
  /** As of `openChangeFeed`. */
  readonly patienceFactor?: number;
}): OpenMemory {
  const { bounds, connectionString, pool, log, patienceFactor = 1 } = options;
  if (bounds.resolvedBytes === 0) return { memory: noMemory, counts: () => null, close: async () => undefined };
  const feed = openChangeFeed({
    connectionString,
    log: { warn: (message, error) => log.warn({ err: error }, message) },
    serverOfOthers: () => serverOf(pool),
    patienceFactor,
  });
  const memory = createMemory(feed, bounds);
  return {
    memory,
    counts: memory.counts,
    close: () => feed.close(),
  };
}
