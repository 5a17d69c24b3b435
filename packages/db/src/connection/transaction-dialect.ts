import { CompiledQuery, type DatabaseConnection, PostgresDialect, PostgresDriver } from 'kysely';
import type { AnsweringClients } from './answering-clients.ts';
import { type ConnectionShares, type Release, servedCaller } from './connection-shares.ts';
import type { StatementMeasures } from './statement-measures.ts';

/** How long a statement of a transaction waits for a lock of another process while it keeps its connection, in milliseconds. */
const LOCK_TRY_MS = 250;

/** Whoever has waited for longer already, in milliseconds, has no time left for a connection that may be dead. */
const SHORT_WAIT_MS = 400;

const BEGIN = `begin; set local lock_timeout = '${LOCK_TRY_MS}ms'`;
const REQUEST_ID = /^[\w-]{1,50}$/;

/** What connections are handed out by, and what is told of them. */
export interface ConnectionParts {
  readonly shares: ConnectionShares;
  /** Shown in pg_stat_activity; within a transaction with the id of its request. */
  readonly applicationName: string;
  readonly measures: StatementMeasures | undefined;
}

/**
 * Sent as one message, so that neither the bound nor the name costs a further round trip. The statements of the transaction stay the
 * same texts for all requests, and so stay prepared.
 */
function beginOf(applicationName: string): string {
  const requestId = servedCaller.getStore()?.requestId;
  if (requestId === undefined || !REQUEST_ID.test(requestId)) return BEGIN;
  return `${BEGIN}; set local application_name = '${applicationName} ${requestId}'`;
}

class TransactionDriver extends PostgresDriver {
  readonly #clients: AnsweringClients;
  readonly #parts: ConnectionParts;
  readonly #releases = new Map<DatabaseConnection, Release>();

  constructor(clients: AnsweringClients, parts: ConnectionParts) {
    super({ pool: clients });
    this.#clients = clients;
    this.#parts = parts;
  }

  override async acquireConnection(...given: Parameters<PostgresDriver['acquireConnection']>) {
    const { shares, measures } = this.#parts;
    const began = performance.now();
    const caller = servedCaller.getStore();
    const release = await shares.acquire(caller?.name ?? '').catch((error: unknown) => {
      measures?.waited(performance.now() - began);
      throw error;
    });
    const since = caller?.since ?? began;
    if (performance.now() - since > SHORT_WAIT_MS) this.#clients.doubt(since);
    try {
      const connection = await super.acquireConnection(...given);
      this.#releases.set(connection, release);
      return connection;
    } catch (error) {
      release();
      throw error;
    } finally {
      measures?.waited(performance.now() - began);
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
    await connection.executeQuery(CompiledQuery.raw(beginOf(this.#parts.applicationName)));
  }
}

/**
 * PostgreSQL, where a statement of a transaction waits for a lock a quarter of a second, and so keeps its connection no longer
 * from others: `retryTransaction` asks again. Statements outside transactions wait as long as their session lets them.
 */
export class TransactionDialect extends PostgresDialect {
  readonly #clients: AnsweringClients;
  readonly #parts: ConnectionParts;

  constructor(clients: AnsweringClients, parts: ConnectionParts) {
    super({ pool: clients });
    this.#clients = clients;
    this.#parts = parts;
  }

  override createDriver(): PostgresDriver {
    return new TransactionDriver(this.#clients, this.#parts);
  }
}
