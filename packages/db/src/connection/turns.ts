/**
 * Transactions on one pool that lock the same row take turns, and those that wait hold no connection: a lock that is
 * waited for in PostgreSQL keeps a connection of the pool from everybody. Whoever locks a row says so by `takeTurn` first;
 * where another transaction has that turn the transaction is undone at once, and `retryTransaction` runs it again when its
 * turn has come, in the order of their coming. Between pools, such as those of several servers, PostgreSQL's own locks decide.
 */
import type { Transaction } from 'kysely';

/** How long a transaction waits for its turn, without a connection, in milliseconds. */
export const TURN_TIMEOUT_MS = 5_000;

/** Undoes a transaction whose turn it is not yet; beyond `retryTransaction` it says that the turn did not come in time. */
export class TurnTakenError extends Error {
  override readonly name = 'TurnTakenError';
  /** As PostgreSQL says it of a lock: lock_not_available. */
  readonly code = '55P03';
  readonly key: string;

  constructor(key: string) {
    super('Another transaction has this turn.');
    this.key = key;
  }
}

/** Those who wait for each turn that is taken, in their order. */
type Lines = Map<string, Set<() => void>>;

/** What one transaction has the turn of. */
export interface Turns {
  readonly lines: Lines;
  readonly keys: Set<string>;
}

const linesOf = new WeakMap<object, Lines>();
const turnsOf = new WeakMap<object, Turns>();

/** Of a transaction on `db` that has not begun. */
export function noTurns(db: object): Turns {
  const lines = linesOf.get(db) ?? new Map();
  linesOf.set(db, lines);
  return { lines, keys: new Set() };
}

/** Lets `takeTurn` know what a transaction has. */
export const beginTurns = (trx: object, turns: Turns): void => void turnsOf.set(trx, turns);

/**
 * Takes the turn of what is locked next, until the transaction ends. Outside `retryTransaction` it does nothing.
 *
 * @param key names what is locked, such as `prompt|<id>`
 * @throws TurnTakenError, which undoes the transaction: let it pass
 */
export function takeTurn<DB>(trx: Transaction<DB>, key: string): void {
  const turns = turnsOf.get(trx);
  if (turns === undefined || turns.keys.has(key)) return;
  if (turns.lines.has(key)) throw new TurnTakenError(key);
  turns.lines.set(key, new Set());
  turns.keys.add(key);
}

/** Gives back what a transaction had the turn of; each goes to whoever waits longest. */
export function endTurns({ lines, keys }: Turns): void {
  for (const key of keys) {
    const line = lines.get(key);
    const [next] = line ?? [];
    if (next === undefined) lines.delete(key);
    else next();
  }
  keys.clear();
}

/**
 * Waits for a turn, and adds it to what is had then.
 * @throws TurnTakenError where it does not come in time
 */
export async function awaitTurn({ key }: TurnTakenError, { lines, keys }: Turns, timeoutMs: number): Promise<void> {
  const line = lines.get(key);
  if (line === undefined) {
    lines.set(key, new Set());
    keys.add(key);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const turn = (): void => {
      clearTimeout(timer);
      line.delete(turn);
      resolve();
    };
    const timer = setTimeout(() => {
      line.delete(turn);
      reject(new TurnTakenError(key));
    }, timeoutMs);
    line.add(turn);
  });
  keys.add(key);
}
