import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
} from 'kysely';

/** How long a statement of a transaction waits for a lock of another process while it keeps its connection, in milliseconds. */
const LOCK_TRY_MS = 250;

/** Sent as one message, so that the bound costs no further round trip. */
const BEGIN = `begin; set local lock_timeout = '${LOCK_TRY_MS}ms'`;

class TransactionDriver extends PostgresDriver {
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

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new TransactionDriver(this.#config);
  }
}
