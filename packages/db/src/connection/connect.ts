import { Kysely } from 'kysely';
import pg from 'pg';
import type { Database } from '../tables/rows.ts';
import { AnsweringClients } from './answering-clients.ts';
import { ConnectionShares } from './connection-shares.ts';
import { queryNamed } from './named-query.ts';
import { setPatience } from './patience.ts';
import { NAMES_LAST_SECONDS, PreparedStatements } from './prepared-statements.ts';
import { isDiskFull, isOtherSession, isStalePlan, sqlState } from './sql-state.ts';
import { measureStatements, type StatementMeasures } from './statement-measures.ts';
import { TransactionDialect } from './transaction-dialect.ts';
import { typeParsers } from './type-parsers.ts';

/** Where connect() and the embedded PostgreSQL report what no caller is there to catch. */
export interface DatabaseLog {
  warn(message: string, error?: unknown): void;
}

export interface ConnectOptions {
  connectionString: string;
  /** Connections at most; callers beyond them wait, then fail. Default 10. */
  max?: number;
  /** How long a caller waits for a connection, in milliseconds. Default `CONNECT_TIMEOUT_MS`. */
  connectTimeoutMs?: number;
  /** Multiplies every timeout of a statement, a lock and a transaction, for tests on a machine that is busy. Default 1. */
  timeoutFactor?: number;
  /** Shown in pg_stat_activity. Default `promptory`. */
  applicationName?: string;
  /** Whose values columns are read as: `ours` have times as ISO 8601 texts, `pg` as Date, as libraries expect. Default `ours`. */
  values?: 'ours' | 'pg';
  log?: DatabaseLog;
  /** Called with each new connection before it is used; one for which it throws is ended, and whoever wanted it is told. */
  verify?: (client: pg.ClientBase) => Promise<void>;
  /** Called whenever a statement fails because the server's disk is full. */
  onDiskFull?: () => void;
  /** Told of each statement, and of each wait for a connection. */
  measures?: StatementMeasures | undefined;
}

export interface Connection {
  db: Kysely<Database>;
  pool: pg.Pool;
  /** Ends the pool once its clients are back. A second call does nothing. */
  close(): Promise<void>;
}

/** How long a caller waits for a connection, whether the server is away or the pool is busy. */
export const CONNECT_TIMEOUT_MS = 2_000;
// Both cut-offs fall within the promised 5 s: the server's first, ours for a server that no longer answers at all.
export const STATEMENT_TIMEOUT_MS = 4_000;
export const ANSWER_TIMEOUT_MS = 4_500;
export const LOCK_TIMEOUT_MS = 2_000;
export const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/** Opens a pool on PostgreSQL. Connects lazily: a server that is away shows at the first query, not here. */
export function connect(options: ConnectOptions): Connection {
  const {
    connectionString,
    max = 10,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    timeoutFactor = 1,
    applicationName = 'promptory',
    values = 'ours',
    log,
    verify,
    onDiskFull = () => undefined,
    measures,
  } = options;
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: STATEMENT_TIMEOUT_MS * timeoutFactor,
    query_timeout: ANSWER_TIMEOUT_MS * timeoutFactor,
    lock_timeout: LOCK_TIMEOUT_MS * timeoutFactor,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS * timeoutFactor,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: NAMES_LAST_SECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(values === 'ours' ? { types: typeParsers } : {}),
    ...(verify === undefined ? {} : { verify: (client, done) => void verify(client).then(() => done(), done) }),
  });
  const statements = new PreparedStatements();
  const onOtherSession = (): void => {
    if (!statements.isOn) return;
    statements.turnOff();
    log?.warn('Statements are not prepared: a connection pooler gives each transaction another session.');
  };
  const answering = new AnsweringClients(pool);
  pool.on('error', (error) => log?.warn('An idle database connection was lost.', error));
  pool.on('connect', (client) => {
    // Without a listener a backend that dies while its client is checked out would end the process.
    client.on('error', () => undefined);
    sendPrepared(client, statements, onOtherSession);
    watchFailures(client, answering, onDiskFull);
    if (measures !== undefined) measureStatements(client, measures);
  });
  const shares = new ConnectionShares({ max, waitMs: connectTimeoutMs });
  const db = new Kysely<Database>({
    dialect: new TransactionDialect(answering, { shares, applicationName, measures }),
  });
  setPatience(db, timeoutFactor);
  let closing: Promise<void> | undefined;
  return {
    db,
    pool,
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/**
 * Sends the statements of a client under their names. One that fails because of its name alone, which has done nothing, is
 * sent once more without; within a transaction, which that has ended, `retryTransaction` does so.
 */
function sendPrepared(client: pg.PoolClient, statements: PreparedStatements, onOtherSession: () => void): void {
  const query: (...args: unknown[]) => unknown = client.query.bind(client);
  const send = (...args: unknown[]): unknown => {
    const [text, values] = args;
    const isStatement = args.length === 2 && typeof text === 'string' && Array.isArray(values) && values.length > 0;
    const name = isStatement ? statements.nameOf(text) : undefined;
    if (!isStatement || name === undefined) return query(...args);
    return queryNamed(query, name, text, values).catch((error: unknown) => {
      if (isOtherSession(error)) onOtherSession();
      else if (isStalePlan(error)) statements.forget(text);
      else throw error;
      if (client.getTransactionStatus() !== 'I') throw error;
      return query(text, values);
    });
  };
  Object.defineProperty(client, 'query', { value: send, configurable: true, writable: true });
}

/**
 * Ends a client that can serve no further query before the pool hands it out again: one whose server fell silent, which
 * pg would leave waiting for ever, and one whose session the server has just ended, though its socket is still open.
 */
function watchFailures(client: pg.PoolClient, answering: AnsweringClients, onDiskFull: () => void): void {
  answering.heard(client);
  const query: (...args: unknown[]) => unknown = client.query.bind(client);
  const watched = (...args: unknown[]): unknown => {
    const sentAt = performance.now();
    const result = query(...args);
    if (!(result instanceof Promise)) return result;
    return result.then(
      (answer: unknown) => {
        answering.heard(client);
        return answer;
      },
      (error: unknown) => {
        if (isUnanswered(error)) answering.doubt(sentAt);
        else if (sqlState(error) !== undefined) answering.heard(client);
        if (isDiskFull(error)) onDiskFull();
        if (meansLost(error)) Reflect.apply(pg.Client.prototype.end, client, []);
        throw error;
      },
    );
  };
  Object.defineProperty(client, 'query', { value: watched, configurable: true, writable: true });
}

const isUnanswered = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';

function meansLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // 57P…: the server shuts down, or an administrator ended the session.
  return (
    isUnanswered(error) ||
    /^(?:FATAL|PANIC)$/.test(String(Reflect.get(error, 'severity'))) ||
    /^57P/.test(sqlState(error) ?? '')
  );
}
