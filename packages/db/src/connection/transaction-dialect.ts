import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
} from 'kysely';
import { type ConnectionShares, type Release, servedCaller } from './connection-shares.ts';

/** How long a statement of a transaction waits for a lock of another process while it keeps its connection, in milliseconds. */
const LOCK_TRY_MS = 250;

/** Sent as one message, so that the bound costs no further round trip. */
const BEGIN = `begin; set local lock_timeout = '${LOCK_TRY_MS}ms'`;

class TransactionDriver extends PostgresDriver {
  readonly #shares: ConnectionShares;
  readonly #releases = new Map<DatabaseConnection, Release>();

  constructor(config: PostgresDialectConfig, shares: ConnectionShares) {
    super(config);
    this.#shares = shares;
  }

  override async acquireConnection(...given: Parameters<PostgresDriver['acquireConnection']>) {
    const release = await this.#shares.acquire(servedCaller.getStore()?.name ?? '');
    try {
      const connection = await super.acquireConnection(...given);
      this.#releases.set(connection, release);
      return connection;
    } catch (error) {
      release();
      throw error;
    }
  }

  override async releaseConnection(...given: Parameters<PostgresDriver['releaseConnection']>): Promise<void> {
    const [connection] = given;
    const release = this.#releases.get(connection);
    this.#releases.delete(connection);
    try {
      await super.releaseConnection(...given);
    } finally {
      release?.();
    }
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(BEGIN));
  }
}

/**
 * PostgreSQL, where a statement of a transaction waits for a lock a quarter of a second, and so keeps its connection no longer
 * from others: `retryTransaction` asks again. Statements outside transactions wait as long as their session lets them.
 */
export class TransactionDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #shares: ConnectionShares;

  /** @param shares by which connections are handed out */
  constructor(config: PostgresDialectConfig, shares: ConnectionShares) {
    super(config);
    this.#config = config;
    this.#shares = shares;
  }

  override createDriver(): PostgresDriver {
    return new TransactionDriver(this.#config, this.#shares);
  }
}
