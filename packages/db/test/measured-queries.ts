import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
} from 'kysely';
import type { Database } from '../src/tables/rows.ts';

/** What some statements cost PostgreSQL, by what depends on no machine. */
export interface QueryCost {
  readonly statements: number;
  /** Of the statement with the most. */
  readonly parameters: number;
  /** Pages of tables and indexes that were looked at, in memory or on disk, by checks of references too. */
  readonly pages: number;
  /** Rows and index entries that were looked at, also those that were passed over. */
  readonly rows: number;
}

// What this transaction did and those before it whose counts are not published yet: the difference is what counts.
const COUNTERS = CompiledQuery.raw(`
  SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0)::integer AS pages,
    coalesce(sum(pg_stat_get_xact_tuples_returned(oid)), 0)::integer AS rows
  FROM pg_class WHERE relkind IN ('r', 'i', 't')
    AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace, 'graphile_worker'::regnamespace)
`);

interface Counters {
  readonly pages: number;
  readonly rows: number;
}

class MeasuringDriver extends PostgresDriver {
  cost = { statements: 0, parameters: 0, pages: 0, rows: 0 };
  /** What each connection had counted when its transaction began; null between transactions. */
  readonly #begun = new Map<DatabaseConnection, Counters | null>();
  readonly #plain = new Map<DatabaseConnection, DatabaseConnection['executeQuery']>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    if (this.#plain.has(connection)) return connection;
    const plain = connection.executeQuery.bind(connection);
    this.#plain.set(connection, plain);
    this.#begun.set(connection, null);
    connection.executeQuery = async (query, ...rest) => {
      if (/^(?:begin|commit|rollback|savepoint|release)\b/i.test(query.sql)) return plain(query, ...rest);
      this.cost.statements += 1;
      this.cost.parameters = Math.max(this.cost.parameters, query.parameters.length);
      if (this.#begun.get(connection) !== null) return plain(query, ...rest);
      await plain(CompiledQuery.raw('BEGIN'));
      try {
        const before = await this.#count(connection);
        const result = await plain(query, ...rest);
        await this.#add(connection, before);
        await plain(CompiledQuery.raw('COMMIT'));
        return result as never;
      } catch (error) {
        await plain(CompiledQuery.raw('ROLLBACK'));
        throw error;
      }
    };
    return connection;
  }

  override async beginTransaction(...given: Parameters<PostgresDriver['beginTransaction']>): Promise<void> {
    await super.beginTransaction(...given);
    this.#begun.set(given[0], await this.#count(given[0]));
  }

  override async commitTransaction(...given: Parameters<PostgresDriver['commitTransaction']>): Promise<void> {
    const [connection] = given;
    const before = this.#begun.get(connection);
    this.#begun.set(connection, null);
    await this.#plain.get(connection)?.(CompiledQuery.raw('SET CONSTRAINTS ALL IMMEDIATE'));
    if (before) await this.#add(connection, before);
    await super.commitTransaction(...given);
  }

  override async rollbackTransaction(...given: Parameters<PostgresDriver['rollbackTransaction']>): Promise<void> {
    this.#begun.set(given[0], null);
    await super.rollbackTransaction(...given);
  }

  async #count(connection: DatabaseConnection): Promise<Counters> {
    const result = await this.#plain.get(connection)?.(COUNTERS);
    const [row] = (result?.rows ?? []) as Counters[];
    if (row === undefined) throw new Error('PostgreSQL counts nothing.');
    return row;
  }

  async #add(connection: DatabaseConnection, before: Counters): Promise<void> {
    const { pages, rows } = await this.#count(connection);
    this.cost.pages += pages - before.pages;
    this.cost.rows += rows - before.rows;
  }
}

/**
 * The same database, which measures what its statements cost; what is rolled back counts for nothing. Ends with the pool,
 * not by `destroy`. Of a PostgreSQL whose statistics are on (`track_counts`).
 */
export function measuredQueries(pool: PostgresPool): { db: Kysely<Database>; take(): QueryCost } {
  const config = { pool };
  const driver = new MeasuringDriver(config);
  const db = new Kysely<Database>({
    dialect: new (class extends PostgresDialect {
      override createDriver() {
        return driver;
      }
    })(config),
  });
  return {
    db,
    /** What was spent since the last time. */
    take() {
      const { cost } = driver;
      driver.cost = { statements: 0, parameters: 0, pages: 0, rows: 0 };
      return cost;
    },
  };
}
