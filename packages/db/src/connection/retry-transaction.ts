import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { LOCK_TIMEOUT_MS } from './connect.ts';
import { patienceOf } from './patience.ts';
import { isOtherSession, isStalePlan, sqlState } from './sql-state.ts';
import { awaitTurn, beginTurns, endTurns, noTurns, TURN_TIMEOUT_MS, type Turns, TurnTakenError } from './turns.ts';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';
const RETRIES = 3;
/** A statement each: more than a transaction has whose tables changed meanwhile. */
const MOST_RENEWALS = 20;
const LONGEST_PAUSE_MS = 320;

/**
 * Runs `fn` in a transaction, and again: up to three times with jitter, when PostgreSQL gave it up for the sake of another
 * one (40001, 40P01); when its turn has come, where another transaction had it (`takeTurn`); with growing pauses up to
 * `LOCK_TIMEOUT_MS`, when a lock was not free within a quarter of a second (55P03); and at once, when a statement has to be
 * prepared anew, since its tables have changed. While it waits it holds no connection.
 * `fn` must have no effect outside its transaction. Any other error is thrown at once.
 *
 * @param options.patienceMs how long it waits for turns and locks, for what nobody sits and waits for; five and two seconds
 * unless given
 */
export async function retryTransaction<DB, T>(
  db: Kysely<DB>,
  fn: (trx: Transaction<DB>) => Promise<T>,
  { patienceMs }: { readonly patienceMs?: number } = {},
): Promise<T> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  let conflicts = 0;
  let lockTries = 0;
  let renewals = 0;
  const turns = noTurns(db);
  const patience = patienceOf(db);
  for (;;) {
    let failure: unknown;
    try {
      return await runOnce(db, fn, turns);
    } catch (error) {
      failure = error;
    } finally {
      endTurns(turns);
    }
    const state = sqlState(failure);
    if (failure instanceof TurnTakenError) {
      await awaitTurn(failure, turns, (patienceMs ?? TURN_TIMEOUT_MS * patience) - elapsed());
    } else if (state === LOCK_NOT_AVAILABLE && elapsed() < (patienceMs ?? LOCK_TIMEOUT_MS * patience)) {
      lockTries += 1;
      await sleep((0.5 + Math.random() / 2) * Math.min(LONGEST_PAUSE_MS, 20 * 2 ** lockTries));
    } else if ((state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED) && conflicts < RETRIES) {
      await sleep(Math.random() * 20 * 2 ** conflicts);
      conflicts += 1;
    } else if ((isStalePlan(failure) || isOtherSession(failure)) && renewals < MOST_RENEWALS) {
      renewals += 1;
    } else {
      throw failure;
    }
  }
}

const runOnce = <DB, T>(db: Kysely<DB>, fn: (trx: Transaction<DB>) => Promise<T>, turns: Turns): Promise<T> =>
  db.transaction().execute(async (trx) => {
    beginTurns(trx, turns);
    return fn(trx);
  });
