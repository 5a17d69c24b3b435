import type pg from 'pg';
import { IDLE_IN_TRANSACTION_TIMEOUT_MS, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './connect.ts';

/** What `connect` asks PostgreSQL for as it opens a connection, in milliseconds. */
export const timeLimits = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
} as const;

/**
 * The limits of time that hold for less than `connect` has asked for, as settings with the value that they should have: a connection
 * pooler passes them on only where it is told to, and what hangs would then hang until somebody looks.
 */
export async function missingTimeLimits(pool: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const { rows } = await pool.query<{ name: keyof typeof timeLimits; ms: number }>(
    'SELECT name, setting::int AS ms FROM pg_settings WHERE name = ANY ($1::text[]) ORDER BY name',
    [Object.keys(timeLimits)],
  );
  // None at all is 0.
  return rows
    .filter(({ name, ms }) => ms === 0 || ms > timeLimits[name])
    .map(({ name }) => `${name} = ${timeLimits[name]}`);
}
