import pg from 'pg';
import { endClient } from './end-client.ts';
import { historyOf, type LogPosition } from './log-position.ts';
import { type Moment, momentOfNow, msSince } from './moment.ts';
import { PollingLoop } from './polling-loop.ts';
import { type ChangePosition, readChanges } from './read-changes.ts';

/**
 * Tells a process what was committed to the database, by whomever. It reads the table `changes` four times a second, by a connection
 * of its own, and at once when somebody says that there is something new (NOTIFY). That is only a hint: what a process may rely on
 * follows from the reads alone, each of which finds all that was committed before it began.
 *
 * A change is announced by whoever reads it first without having been told, after it was committed. A NOTIFY within the
 * transaction would have all commits of the whole server wait for each other, each for the disk.
 */
export interface ChangeFeed {
  /** Begins to tell. @returns ends it */
  listen(listener: ChangeListener): () => void;
  /** Whether all was told that was committed up to a second ago, and all that `catchUp` was called after. */
  isCurrent(): boolean;
  /** Ends when all has been told that is committed by now; or at once, where that takes long: then it is not current until it has. */
  catchUp(): Promise<void>;
  /** Up to where all was told; null before anything was read. */
  position(): ChangePosition | null;
  counts(): ChangeFeedCounts;
  close(): Promise<void>;
}

export interface ChangeListener {
  /** Of these things something is not as it was, such as `prompt:<id>`. */
  changed(topics: readonly string[]): void;
  /** Of anything something may not be as it was. */
  lost(): void;
}

/** One read of a feed: what was committed before it began, it found. */
export interface FeedRead {
  readonly began: Moment;
  readonly topics: readonly string[];
  readonly isLost: boolean;
  /** All that it found was written into the log before that. */
  readonly written: bigint;
  /** What the position is of, as `HISTORY` names it. */
  readonly history: string;
}

export interface ChangeFeedCounts {
  readonly isConnected: boolean;
  /** Since when nothing more was told that has been committed. */
  readonly lagSeconds: number;
  readonly reads: number;
  readonly topics: number;
  readonly reconnects: number;
  /** How often listeners were told that they missed something. */
  readonly losses: number;
}

export interface ChangeFeedOptions {
  /** To PostgreSQL itself: a pooler that gives each transaction another session passes no hints on. */
  readonly connectionString: string;
  readonly log?: { warn(message: string, error?: unknown): void };
  /** Asks which server and database others of this process ask; where it is another one, nothing is told. */
  readonly serverOfOthers?: () => Promise<string>;
  /** Called after each read, once listeners were told; never where the role may not know where the log stands. */
  readonly onRead?: (read: FeedRead) => void;
  readonly pollMs?: number;
  /** Multiplies how old what was told may be, and how long anything is waited for: for tests on a machine that is busy. Default 1. */
  readonly patienceFactor?: number;
}

/** How old what a process remembers may be, in milliseconds. */
const MOST_AGE_MS = 1_000;
const POLL_MS = 250;
/** How long a change waits, before it is answered, for having been told. */
const PATIENCE_MS = 250;
const READ_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
const COMPARE_EVERY_MS = 5_000;
/** How long the log may wait for the disk before somebody sees to it, where replicas wait for it. */
const UNFLUSHED_MS = 300;
const CHANNEL = 'promptory_changes';

/** Opens the feed. A database that is away is awaited, with growing pauses. */
export function openChangeFeed(options: ChangeFeedOptions): ChangeFeed {
  return new PolledFeed(options);
}

class PolledFeed implements ChangeFeed {
  readonly #options: ChangeFeedOptions;
  readonly #patience: number;
  readonly #listeners = new Set<ChangeListener>();
  readonly #loop: PollingLoop;
  #position: ChangePosition | null = null;
  /** When the last read began; null where the feed is down. */
  #readAt: Moment | null = null;
  /** Reads that began before it do not count. */
  #barrier = Number.NEGATIVE_INFINITY;
  #asking: Array<(isRead: boolean) => void> = [];
  #isHinted = false;
  /** Whether topics were read since this process last gave a hint. */
  #isUnannounced = false;
  #downSince: Moment = momentOfNow();
  /** The history of what the connection reads; null where nobody asks, or it may not be known. */
  #history: string | null = null;
  /** What of the log has not been on the disk, and since when. */
  #unflushed: { readonly written: bigint; readonly since: Moment } | null = null;
  #reads = 0;
  #topics = 0;
  #connects = 0;
  #losses = 0;

  constructor(options: ChangeFeedOptions) {
    this.#options = options;
    this.#patience = options.patienceFactor ?? 1;
    this.#loop = new PollingLoop({
      serve: (works) => this.#serve(works),
      away: (error) => options.log?.warn('The feed of changes is down: nothing is remembered until it is back.', error),
      ended: () => this.#isDown(),
      isWanted: () => this.#isHinted || this.#asking.length > 0,
    });
    this.#loop.start();
  }

  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  isCurrent(): boolean {
    const readAt = this.#readAt;
    return readAt !== null && readAt.steady >= this.#barrier && msSince(readAt) <= MOST_AGE_MS * this.#patience;
  }

  async catchUp(): Promise<void> {
    const now = performance.now();
    if (this.#readAt !== null && (await this.#askedNow())) return;
    this.#barrier = Math.max(this.#barrier, now);
  }

  position(): ChangePosition | null {
    return this.#position;
  }

  counts(): ChangeFeedCounts {
    return {
      isConnected: this.#readAt !== null,
      lagSeconds: msSince(this.#readAt ?? this.#downSince) / 1_000,
      reads: this.#reads,
      topics: this.#topics,
      reconnects: Math.max(0, this.#connects - 1),
      losses: this.#losses,
    };
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  /** Whether a read that begins from now on came to its end in time. */
  #askedNow(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PATIENCE_MS * this.#patience);
      this.#asking.push((isRead) => {
        clearTimeout(timer);
        resolve(isRead);
      });
      this.#loop.wake();
    });
  }

  #isDown(): void {
    this.#downSince = this.#readAt ?? this.#downSince;
    this.#readAt = null;
    for (const answer of this.#asking.splice(0)) answer(false);
  }

  /** Reads until the feed closes, or its connection fails. */
  async #serve(works: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.connectionString,
      application_name: 'promptory-feed',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS * this.#patience,
      query_timeout: READ_TIMEOUT_MS * this.#patience,
      statement_timeout: READ_TIMEOUT_MS * this.#patience,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    let failure: unknown;
    const failed = (error: unknown): void => {
      failure ??= error;
      this.#loop.wake();
    };
    client.on('error', failed);
    client.on('end', () => failed(new Error('The connection has ended.')));
    let ownId = 0;
    client.on('notification', ({ processId }) => {
      if (processId === ownId) return;
      this.#isHinted = true;
      this.#loop.wake();
    });
    try {
      await client.connect();
      const { rows } = await client.query<{ id: number }>('SELECT pg_backend_pid() AS id');
      ownId = rows[0]?.id ?? 0;
      await client.query(`LISTEN ${CHANNEL}`);
      this.#history = await this.#askHistory(client);
      this.#connects += 1;
      let compared: Moment | null = null;
      while (!this.#loop.isClosing) {
        if (failure !== undefined) throw failure;
        const found = await this.#read(client);
        works();
        if (found.isNews) {
          this.#isUnannounced = false;
          await client.query(`NOTIFY ${CHANNEL}`);
        }
        if (found.isUnflushed) await client.query('SELECT pg_current_xact_id()');
        if (compared === null || msSince(compared) > COMPARE_EVERY_MS) {
          compared = momentOfNow();
          this.#compare(found.server).catch(failed);
        }
        await this.#loop.wait(this.#options.pollMs ?? POLL_MS);
      }
    } finally {
      client.removeAllListeners('notification');
      await endClient(client);
    }
  }

  async #askHistory(client: pg.Client): Promise<string | null> {
    if (this.#options.onRead === undefined) return null;
    return historyOf(client).catch((error: unknown) => {
      this.#options.log?.warn('The database does not say where its log stands: no replica of it is read.', error);
      return null;
    });
  }

  async #read(client: pg.Client): Promise<{ isNews: boolean; isUnflushed: boolean; server: string }> {
    const asking = this.#asking.splice(0);
    const wasHinted = this.#isHinted;
    this.#isHinted = false;
    const began = momentOfNow();
    try {
      const history = this.#history;
      const { position, topics, isLost, log } = await readChanges(client, this.#position, history !== null);
      this.#position = position;
      this.#reads += 1;
      this.#topics += topics.length;
      if (isLost) {
        this.#losses += 1;
        for (const listener of this.#listeners) listener.lost();
      } else if (topics.length > 0) {
        for (const listener of this.#listeners) listener.changed(topics);
      }
      if (history !== null && log !== null) {
        this.#options.onRead?.({ began, topics, isLost, written: log.written, history });
      }
      this.#readAt = began;
      for (const answer of asking) answer(true);
      if (topics.length > 0) this.#isUnannounced = true;
      // Whoever hinted may have done so before what is new here was committed: then nobody else has heard of it.
      const isNews = this.#isUnannounced && (asking.length > 0 || (topics.length > 0 && !wasHinted));
      return { isNews, isUnflushed: log !== null && this.#waitsForDisk(log, began), server: position.server };
    } catch (error) {
      for (const answer of asking) answer(false);
      throw error;
    }
  }

  /**
   * Whether the end of the log has waited for the disk so long that nobody else will see to it soon: PostgreSQL writes what no
   * transaction has ended with, such as by a page that a read has tidied, whenever something else is written. The end of any transaction
   * has it written within a fifth of a second.
   */
  #waitsForDisk({ written, flushed }: LogPosition, began: Moment): boolean {
    if (this.#unflushed === null || flushed >= this.#unflushed.written) {
      this.#unflushed = flushed < written ? { written, since: began } : null;
      return false;
    }
    if (msSince(this.#unflushed.since) < UNFLUSHED_MS) return false;
    this.#unflushed = { written: this.#unflushed.written, since: began };
    return true;
  }

  /** A connection that was kept while others went on to another server would tell nothing of what is written there. */
  async #compare(server: string): Promise<void> {
    const others = await this.#options.serverOfOthers?.().catch(() => undefined);
    if (others === undefined || others === server) return;
    this.#position = null;
    throw new Error('The feed of changes reads another database than the one that is written to.');
  }
}
