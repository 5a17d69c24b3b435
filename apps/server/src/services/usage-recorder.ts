import type { Log, RecordedUse, UsageEvent, UsageRecorder } from '@promptory/api/server';
import type { KeptCounts } from './kept-counts.ts';

export interface BufferedUsageRecorder extends UsageRecorder {
  /** Writes what is left, and takes no more. */
  close(): Promise<void>;
  readonly buffered: number;
}

interface Options {
  /** Writes one batch, all or nothing. */
  write(events: readonly RecordedUse[]): Promise<void>;
  /** Whether a use is kept by itself, or only counted; each is unless said. */
  keeps?(use: UsageEvent): boolean;
  /** Where each use that is taken counts besides. */
  counts?: Pick<KeptCounts, 'add'>;
  log: Log;
  flushIntervalMs?: number;
  batchSize?: number;
  /** Events in memory at most while the database is away; more are dropped, and the log says how many. */
  maxBuffered?: number;
}

const RETRIES = 5;
const DAY_MS = 86_400_000;

/** Uses that are only counted, of which all that are the same but for their time are one. */
interface CountedUse extends UsageEvent {
  readonly isKept: false;
  uses: number;
  lastUsedAt: Date;
}

/** Under what a use is counted. */
const countedAs = ({ promptId, version, userId, apiKeyId, consumer, occurredAt }: UsageEvent): string =>
  `${promptId}|${version}|${userId}|${apiKeyId}|${Math.floor(occurredAt.getTime() / DAY_MS)}|${consumer}`;

const usesIn = (batch: readonly RecordedUse[]): number => batch.reduce((sum, { uses = 1 }) => sum + uses, 0);

/**
 * Keeps uses of prompts for a quarter of a second and writes them together, so that reading a prompt waits for no write. Those that
 * are only counted are added up here already: of whoever calls without a pause almost all are.
 */
export function createUsageRecorder(options: Options): BufferedUsageRecorder {
  const {
    write,
    keeps = () => true,
    counts,
    log,
    flushIntervalMs = 250,
    batchSize = 200,
    maxBuffered = 20_000,
  } = options;
  let events: RecordedUse[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> | null = null;
  let failures = 0;
  let lost = 0;
  let closed = false;
  /** Those among `events` to which further ones may be added: not those of a batch that is being written. */
  const counted = new Map<string, CountedUse>();

  const schedule = (delay: number): void => {
    if (timer !== null || events.length === 0) return;
    timer = setTimeout(() => {
      timer = null;
      void flush();
    }, delay);
    timer.unref();
  };

  const writeBatch = async (): Promise<void> => {
    const batch = events.slice(0, batchSize);
    counted.clear();
    try {
      await write(batch);
      events = events.slice(batch.length);
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, events: usesIn(batch) }, 'Uses of prompts could not be written');
      if (failures < RETRIES) return;
      // A batch that never goes in must not keep the others out.
      log.error({ events: usesIn(batch) }, 'Uses of prompts were given up');
      events = events.slice(batch.length);
      failures = 0;
    }
  };

  const flush = (): Promise<void> => {
    writing ??= writeBatch().finally(() => {
      writing = null;
      if (lost > 0) log.error({ events: lost }, 'Uses of prompts were dropped: too many waited');
      lost = 0;
      schedule(events.length >= batchSize && failures === 0 ? 0 : flushIntervalMs * 2 ** failures);
    });
    return writing;
  };

  return {
    record(event) {
      if (closed) {
        lost += 1;
        return;
      }
      counts?.add('used', event.kind);
      const isKept = keeps(event);
      const key = isKept ? '' : countedAs(event);
      const same = isKept ? undefined : counted.get(key);
      if (same !== undefined) {
        same.uses += 1;
        same.lastUsedAt = event.occurredAt;
        return;
      }
      if (events.length >= maxBuffered) {
        lost += 1;
        return;
      }
      if (isKept) events.push(event);
      else {
        const first: CountedUse = { ...event, isKept, uses: 1, lastUsedAt: event.occurredAt };
        counted.set(key, first);
        events.push(first);
      }
      if (events.length >= batchSize && failures === 0 && writing === null) void flush();
      else schedule(flushIntervalMs);
    },
    get buffered() {
      return usesIn(events);
    },
    async close() {
      closed = true;
      while (events.length > 0 && failures < RETRIES - 1) await flush();
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await writing;
      if (events.length > 0) log.error({ events: usesIn(events) }, 'Uses of prompts were not written before the end');
    },
  };
}
