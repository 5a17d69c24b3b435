import {
  type CompiledQuery,
  type ControlledTransaction,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Database } from '../tables/rows.ts';

export interface ReadPlaces {
  readonly primary: Kysely<Database>;
  readonly replica: Kysely<Database>;
  /** Whether the replica may be read now. */
  isOpen(): boolean;
  /** A statement could not be run at the replica, and is run at the primary. */
  failed(error: unknown): void;
}

/** Statements that begin otherwise change something. One that changes something within what it selects fails at the replica. */
const READS = /^\s*(?:select|with)\b/i;

/**
 * The database of one call that only reads: its statements run at the replica, and from the first on that cannot, at the primary. So no
 * statement of the call finds less than one before it, and none fails because of the replica; nor does one that comes minutes later, as
 * of an export, find what was right when the call began. Transactions run at the primary.
 */
export class ReplicaDialect implements Dialect {
  readonly #places: ReadPlaces;

  constructor(places: ReadPlaces) {
    this.#places = places;
  }

  createDriver(): Driver {
    return new ReplicaDriver(this.#places);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** Whether a call has turned to the primary. */
interface CallPlace {
  isPrimary: boolean;
}

class ReplicaDriver implements Driver {
  readonly #places: ReadPlaces;
  readonly #place: CallPlace = { isPrimary: false };

  constructor(places: ReadPlaces) {
    this.#places = places;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ReplicaConnection> {
    return new ReplicaConnection(this.#places, this.#place);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await ours(connection).begin(settings);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).transaction.commit().execute();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).transaction.rollback().execute();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

function ours(connection: DatabaseConnection): ReplicaConnection {
  if (connection instanceof ReplicaConnection) return connection;
  throw new Error('The connection is of another driver.');
}

/** No connection, but what finds one for each statement. */
class ReplicaConnection implements DatabaseConnection {
  readonly #places: ReadPlaces;
  readonly #place: CallPlace;
  #transaction: ControlledTransaction<Database> | null = null;

  constructor(places: ReadPlaces, place: CallPlace) {
    this.#places = places;
    this.#place = place;
  }

  get transaction(): ControlledTransaction<Database> {
    if (this.#transaction === null) throw new Error('No transaction has begun.');
    return this.#transaction;
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    this.#place.isPrimary = true;
    let begin = this.#places.primary.startTransaction();
    if (isolationLevel !== undefined) begin = begin.setIsolationLevel(isolationLevel);
    if (accessMode !== undefined) begin = begin.setAccessMode(accessMode);
    this.#transaction = await begin.execute();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { primary, replica, isOpen, failed } = this.#places;
    if (this.#transaction !== null) return this.#transaction.executeQuery(query as CompiledQuery<R>);
    if (!this.#place.isPrimary && isOpen() && READS.test(query.sql)) {
      try {
        return await replica.executeQuery(query as CompiledQuery<R>);
      } catch (error) {
        // Whatever it was: where the statement itself is to blame, the primary says so too.
        failed(error);
      }
    }
    this.#place.isPrimary = true;
    return primary.executeQuery(query as CompiledQuery<R>);
  }

  // biome-ignore lint/correctness/useYield: nothing is streamed from the database.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Statements of calls that only read are not streamed.');
  }
}
