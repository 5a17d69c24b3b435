import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { sqlState } from './sql-state.ts';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const RETRIES = 3;

/**
 * Runs `fn` in a transaction, and again, up to three times with jitter, when PostgreSQL gave it up for the sake of
 * another one (40001, 40P01). `fn` must have no effect outside its transaction. Any other error is thrown at once.
 */
export async function retryTransaction<DB, T>(db: Kysely<DB>, fn: (trx: Transaction<DB>) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await db.transaction().execute(fn);
    } catch (error) {
      const state = sqlState(error);
      if (attempt >= RETRIES || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK_DETECTED)) throw error;
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}
