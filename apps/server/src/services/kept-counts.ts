import { type Log, quarterOf, type ServerCount, type ServerEvent } from '@promptory/api/server';

/** Counts what happens at this server, for what administrators are shown of all servers. */
export interface KeptCounts {
  /** Returns at once. */
  add(kind: ServerEvent, detail?: string, amount?: number): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

interface Options {
  /** Adds all, or none. */
  readonly write: (counts: readonly ServerCount[]) => Promise<void>;
  readonly now: () => Date;
  readonly log: Pick<Log, 'warn'>;
  readonly everyMs?: number;
  /** Counts in memory at most while the database is away: then what happens within further quarters is not counted. */
  readonly most?: number | undefined;
}

/**
 * Keeps counts for a minute and writes them together. They are for looking at, so what was counted within the last minute of a
 * process that was killed is missing; metrics are what is exact.
 */
export function createKeptCounts({ write, now, log, everyMs = 60_000, most = 5_000 }: Options): KeptCounts {
  let counts = new Map<string, { since: Date; kind: ServerEvent; detail: string; amount: number }>();
  let writing = Promise.resolve();

  const count = (since: Date, kind: ServerEvent, detail: string, amount: number): void => {
    const key = `${since.getTime()}|${kind}|${detail}`;
    const same = counts.get(key);
    if (same !== undefined) same.amount += amount;
    else if (counts.size < most) counts.set(key, { since, kind, detail, amount });
  };
  const flush = (): Promise<void> => {
    writing = writing.then(async () => {
      const written = counts;
      if (written.size === 0) return;
      counts = new Map();
      try {
        await write([...written.values()]);
      } catch (error) {
        log.warn({ err: error }, 'counts for the statistics could not be written; they are kept');
        for (const { since, kind, detail, amount } of written.values()) count(since, kind, detail, amount);
      }
    });
    return writing;
  };
  const timer = setInterval(() => void flush(), everyMs).unref();

  return {
    add: (kind, detail = '', amount = 1) => count(quarterOf(now()), kind, detail, amount),
    close() {
      clearInterval(timer);
      return flush();
    },
  };
}
