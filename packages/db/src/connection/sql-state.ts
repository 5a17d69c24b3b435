/** The SQLSTATE of a PostgreSQL error, also one wrapped as `cause`; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code: unknown = Reflect.get(current, 'code');
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

function severityOf(error: unknown): unknown {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const severity: unknown = Reflect.get(current, 'severity');
    if (severity !== undefined) return severity;
  }
  return undefined;
}

/** Whether an insert or update met a row that holds its unique value already (23505). */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** Whether the database has no room left on its disk (53100), for a row, a temporary file or its write-ahead log. */
export const isDiskFull = (error: unknown): boolean => sqlState(error) === '53100';

/** Whether a prepared statement has to be prepared anew, since what it answers has changed with its tables (0A000). */
export const isStalePlan = (error: unknown): boolean =>
  sqlState(error) === '0A000' && error instanceof Error && error.message.startsWith('cached plan must not change');

/** Whether the session is not the one in which a statement was prepared, or has another's under its name (26000, 42P05). */
export const isOtherSession = (error: unknown): boolean => /^(?:26000|42P05)$/.test(sqlState(error) ?? '');

// Class 08 (connection) but for 08P01, 57P (shutdown), too many connections, no room on disk or in memory, a statement
// cancelled, a lock not available, a transaction that was left idle or took too long.
const AWAY_STATES = /^(?:08(?!P01)...|57P..|53[0-3]00|57014|55P03|25P0[34])$/;
const PROTOCOL_VIOLATION = '08P01';
const AWAY_CODES = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
// A session that ends within a transaction shows as the rollback that nobody is there to answer.
const AWAY_MESSAGES =
  /^(?:timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** Whether an error says that the database is away or overloaded, so that the same call may succeed later (503). */
export function isDatabaseUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined && AWAY_STATES.test(state)) return true;
  // A statement that breaks the protocol, such as by too many parameters, is our fault. What ends the session under this
  // state is a connection pooler that gave up waiting for a server: PgBouncer has no other state for it.
  if (state === PROTOCOL_VIOLATION) return severityOf(error) === 'FATAL';
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code: unknown = Reflect.get(current, 'code');
    if (typeof code === 'string' && AWAY_CODES.test(code)) return true;
    if (AWAY_MESSAGES.test(current.message)) return true;
    if (current instanceof AggregateError && current.errors.some(isDatabaseUnavailable)) return true;
  }
  return false;
}

/** Whether a server refused a connection, or ended one, as it starts, recovers from a crash or goes down. */
export function isStartingOrStopping(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? isDatabaseUnavailable(error) : state.startsWith('57P');
}
