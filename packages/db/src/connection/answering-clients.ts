import type { PostgresPool } from 'kysely';
import type pg from 'pg';

/**
 * The clients of a pool that are known to be answered. Whoever has waited for long, for an answer that never came or for what comes
 * before a statement, has no time to find out that the next connection is as dead: clients that were not heard of meanwhile are ended
 * instead of used, and a new connection is waited for, which takes less than half of the time.
 */
export class AnsweringClients implements PostgresPool {
  readonly #pool: pg.Pool;
  /** On the clock of `performance`, in milliseconds. */
  readonly #heardAt = new WeakMap<pg.PoolClient, number>();
  #doubtedSince = Number.NEGATIVE_INFINITY;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  get options(): pg.PoolOptions {
    return this.#pool.options;
  }

  /** A client is connected, or was answered. */
  heard(client: pg.PoolClient): void {
    this.#heardAt.set(client, performance.now());
  }

  /** Nobody uses a client any more that was last heard of before this. */
  doubt(since: number): void {
    this.#doubtedSince = Math.max(this.#doubtedSince, since);
  }

  /** A client of the pool. @throws Error as the pool does where none comes in time */
  async connect(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if ((this.#heardAt.get(client) ?? 0) > this.#doubtedSince) return client;
      client.release(true);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
