import { sql, type Transaction } from 'kysely';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import type { Database } from '../tables/rows.ts';
import { patienceOf, setPatience } from './patience.ts';
import { retryTransaction } from './retry-transaction.ts';
import { TurnTakenError, takeTurn } from './turns.ts';

const test = await givenDatabase({ max: 3 });
const patience = patienceOf(test.db);
beforeAll(async () => {
  await sql`create table counters (name text primary key, n int not null)`.execute(test.db);
  await sql`insert into counters values ('a', 0), ('b', 0)`.execute(test.db);
});

const add = async (trx: Transaction<Database>, name: string): Promise<void> => {
  takeTurn(trx, name);
  await sql`select n from counters where name = ${name} for update`.execute(trx);
  await sql`update counters set n = n + 1 where name = ${name}`.execute(trx);
};

const count = async (name: string): Promise<number | undefined> =>
  (await sql<{ n: number }>`select n from counters where name = ${name}`.execute(test.db)).rows[0]?.n;

/** A transaction that has a turn until it is finished. */
async function holdTurn(name: string): Promise<{ finish(): void; ended: Promise<void> }> {
  const finish = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const ended = retryTransaction(test.db, async (trx) => {
    await add(trx, name);
    begun.resolve();
    await finish.promise;
  });
  await begun.promise;
  return { finish: finish.resolve, ended };
}

describe('transactions that lock the same row', () => {
  it('take turns, and those that wait leave the pool to others', async () => {
    const { finish, ended } = await holdTurn('a');
    const others = Array.from({ length: 20 }, () => retryTransaction(test.db, (trx) => add(trx, 'a')));
    try {
      // Each of them asks once for a connection, and gives it back.
      await expect.poll(() => [test.pool.totalCount - test.pool.idleCount, test.pool.waitingCount]).toEqual([1, 0]);
    } finally {
      // One that never ends would keep its turn from every test after it.
      finish();
      await Promise.all([ended, ...others]);
    }
    expect(await count('a')).toBe(21);
  });

  it('wait for each other in whatever order they lock several', async () => {
    const both = (names: readonly string[]): Promise<void> =>
      retryTransaction(test.db, async (trx) => {
        for (const name of names) await add(trx, name);
      });
    const before = (await count('b')) ?? 0;
    await Promise.all(Array.from({ length: 10 }, (_, index) => both(index % 2 === 0 ? ['a', 'b'] : ['b', 'a'])));
    expect(await count('b')).toBe(before + 10);
  });

  it('give their turn back when they fail', async () => {
    const failing = retryTransaction(test.db, async (trx) => {
      await add(trx, 'a');
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    await retryTransaction(test.db, (trx) => add(trx, 'a'));
  });

  it('are told when the turn does not come in their time, unless they have more patience', async () => {
    setPatience(test.db, 0.02);
    onTestFinished(() => setPatience(test.db, patience));
    const { finish, ended } = await holdTurn('a');
    const before = (await count('a')) ?? 0;
    const patient = retryTransaction(test.db, (trx) => add(trx, 'a'), { patienceMs: 200_000 });
    try {
      await expect(retryTransaction(test.db, (trx) => add(trx, 'a'))).rejects.toBeInstanceOf(TurnTakenError);
      const hasty = retryTransaction(test.db, (trx) => add(trx, 'a'), { patienceMs: 1 });
      await expect(hasty).rejects.toBeInstanceOf(TurnTakenError);
    } finally {
      finish();
      await ended;
    }
    await patient;
    expect(await count('a')).toBe(before + 2);
  });

  it('wait for a lock of another process with pauses in which they hold no connection', async () => {
    const holder = await test.pool.connect();
    await holder.query("begin; select n from counters where name = 'b' for update");
    const waiting = retryTransaction(test.db, (trx) => add(trx, 'b'));
    let free = 0;
    for (let look = 0; look < 120 && free < 2; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (test.pool.totalCount - test.pool.idleCount === 1) free += 1;
    }
    await holder.query('rollback');
    holder.release();
    await waiting;
    expect(free).toBe(2);
  });
});
