import { Kysely } from 'kysely';
import type { FeedRead } from '../changes/change-feed.ts';
import { type Connection, connect, type DatabaseLog } from '../connection/connect.ts';
import { patienceOf, setPatience } from '../connection/patience.ts';
import { isDatabaseUnavailable, sqlState } from '../connection/sql-state.ts';
import type { Database } from '../tables/rows.ts';
import { type ReadPlaces, ReplicaDialect } from './replica-dialect.ts';
import { ReplicaGate } from './replica-gate.ts';
import { REPLICA_SERVER, ReplicaWatch } from './watch-replica.ts';

/** A replica of the database, for calls that only read. */
export interface Replica {
  /** What a call that begins now reads: the replica, for as long as it shows enough, or null. */
  begin(): Kysely<Database> | null;
  /** This process has changed something, which calls that begin from now on find. */
  changed(): void;
  /** To be called with each read of the change feed. */
  hasRead(read: FeedRead): void;
  counts(): ReplicaCounts;
  close(): Promise<void>;
}

export interface ReplicaCounts {
  /** Calls that only read, by where they began to. */
  readonly atReplica: number;
  readonly atPrimary: number;
  /** Statements that could not be run at the replica, and were run at the database itself. */
  readonly fallbacks: number;
  /** How old what the replica shows may be; null while that is not known. */
  readonly ageSeconds: number | null;
}

export interface OpenReplicaOptions {
  readonly connectionString: string;
  /** Connections at most. */
  readonly max: number;
  /** The database that the replica is of. */
  readonly primary: Kysely<Database>;
  readonly log?: DatabaseLog;
  /** Multiplies how old what is read may be, and how long anything is waited for: for tests on a busy machine. Default 1. */
  readonly patienceFactor?: number;
}

/** What is not answered so soon is asked of the primary, so that both together come within the promised five seconds. */
const CONNECT_TIMEOUT_MS = 1_000;
/** Of what statements may take at the primary. */
const TIMEOUTS = 0.25;

/** Opens a replica. One that is away, or comes back, is nobody's trouble: then calls read the database itself. */
export function openReplica(options: OpenReplicaOptions): Replica {
  const { connectionString, max, primary, log, patienceFactor = 1 } = options;
  const gate = new ReplicaGate({ patienceFactor });
  const watch = new ReplicaWatch({ connectionString, gate, log, patienceFactor });
  const connection: Connection = connect({
    connectionString,
    max,
    connectTimeoutMs: CONNECT_TIMEOUT_MS * patienceFactor,
    timeoutFactor: TIMEOUTS * patienceFactor,
    ...(log === undefined ? {} : { log }),
    async verify(client) {
      // A replica that is made a database of its own must not be written to before it is noticed.
      const { rows } = await client.query<{ server: string }>(
        `SELECT ${REPLICA_SERVER} AS server, set_config('default_transaction_read_only', 'on', false)`,
      );
      if (rows[0]?.server === watch.server) return;
      throw new Error(
        'DATABASE_REPLICA_URL leads to another server than it did: to one of several, or to one that was started anew.',
      );
    },
  });
  const counts = { atReplica: 0, atPrimary: 0, fallbacks: 0 };
  const places: ReadPlaces = {
    primary,
    replica: connection.db,
    isOpen: () => gate.isOpen(),
    failed(error) {
      counts.fallbacks += 1;
      if (sqlState(error) === undefined || isDatabaseUnavailable(error)) gate.failed();
    },
  };
  return {
    begin() {
      if (!gate.isOpen()) {
        counts.atPrimary += 1;
        return null;
      }
      counts.atReplica += 1;
      const db = new Kysely<Database>({ dialect: new ReplicaDialect(places) });
      setPatience(db, patienceOf(primary));
      return db;
    },
    changed: () => gate.changed(),
    hasRead: (read) => watch.hasRead(read),
    counts: () => ({ ...counts, ageSeconds: gate.ageSeconds() }),
    async close() {
      await watch.close();
      await connection.close();
    },
  };
}
