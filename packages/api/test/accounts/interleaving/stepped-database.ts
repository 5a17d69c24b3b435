import { type Connection, connect, type Database } from '@promptory/db';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/** Waits before each statement; what a program does between two statements nobody else can see. */
export type Gate = (statement: string) => Promise<void>;

class SteppedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #gate: Gate;

  constructor(inner: DatabaseConnection, gate: Gate) {
    this.inner = inner;
    this.#gate = gate;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.#gate(query.sql);
    return this.inner.executeQuery<R>(query);
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize);
  }
}

/** kysely's own driver, with a gate before each statement: before `begin`, `commit` and `rollback` too. */
class SteppedDriver implements Driver {
  readonly inner: Driver;
  readonly #gate: Gate;

  constructor(inner: Driver, gate: Gate) {
    this.inner = inner;
    this.#gate = gate;
  }

  init(): Promise<void> {
    return this.inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SteppedConnection(await this.inner.acquireConnection(), this.#gate);
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.inner.beginTransaction(connection, settings);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.inner.commitTransaction(connection);
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.inner.rollbackTransaction(connection);
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.inner.releaseConnection(connection instanceof SteppedConnection ? connection.inner : connection);
  }

  destroy(): Promise<void> {
    return this.inner.destroy();
  }
}

/** Connections of one side of a race, known in pg_stat_activity by a name of their own. */
export interface Side extends Pick<Connection, 'close'> {
  readonly name: string;
  readonly db: Kysely<Database>;
  /** How many transactions have ended since the last `restart`. */
  readonly ended: number;
  /** From now on waits before the statement of that number, once; `paused` then resolves. */
  restart(pauseBefore?: number): { readonly paused: Promise<void>; resume(): void };
}

export function openSide(connectionString: string, name: string): Side {
  const { pool, close } = connect({ connectionString, max: 2, connectTimeoutMs: 60_000, applicationName: name });
  let [begun, ended] = [0, 0];
  let pauseBefore = -1;
  let reach = (): void => undefined;
  let resumed: Promise<void> = Promise.resolve();
  const gate: Gate = async (statement) => {
    begun += 1;
    if (begun - 1 === pauseBefore) {
      reach();
      await resumed;
    }
    if (statement === 'commit' || statement === 'rollback') ended += 1;
  };
  const db = new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new SteppedDriver(new PostgresDriver({ pool }), gate),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (database) => new PostgresIntrospector(database),
    },
  });
  return {
    name,
    db,
    close,
    get ended() {
      return ended;
    },
    restart(before = -1) {
      [begun, ended, pauseBefore] = [0, 0, before];
      const [paused, resuming] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      reach = paused.resolve;
      resumed = resuming.promise;
      return { paused: paused.promise, resume: resuming.resolve };
    },
  };
}
