import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { retryTransaction } from './retry-transaction.ts';
import { sqlState } from './sql-state.ts';

const test = await givenDatabase({ max: 10 });
beforeAll(async () => {
  await sql`create table counters (name text primary key, n int not null)`.execute(test.db);
  await sql`insert into counters values ('a', 0), ('b', 0)`.execute(test.db);
});

describe('retryTransaction', () => {
  it('loses no write when transactions lock the same rows in opposite orders', async () => {
    const touch = (names: string[]): Promise<void> =>
      retryTransaction(test.db, async (trx) => {
        for (const name of names) await sql`update counters set n = n + 1 where name = ${name}`.execute(trx);
      });
    for (let round = 0; round < 3; round += 1) await Promise.all([touch(['a', 'b']), touch(['b', 'a'])]);
    expect((await sql`select n from counters`.execute(test.db)).rows).toEqual([{ n: 6 }, { n: 6 }]);
  });

  it('gives up after three retries and leaves no half transaction', async () => {
    let runs = 0;
    const failing = retryTransaction(test.db, async (trx) => {
      runs += 1;
      await sql`insert into counters values (${`run ${runs}`}, 0)`.execute(trx);
      await sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`.execute(trx);
    });
    await expect(failing.catch(sqlState)).resolves.toBe('40001');
    expect(runs).toBe(4);
    expect((await sql`select from counters where name like 'run%'`.execute(test.db)).rows).toHaveLength(0);
  });

  it('throws any other error at once', async () => {
    let runs = 0;
    const failing = retryTransaction(test.db, async (trx) => {
      runs += 1;
      await sql`insert into counters values ('a', 0)`.execute(trx);
    });
    await expect(failing.catch(sqlState)).resolves.toBe('23505');
    expect(runs).toBe(1);
  });

  it('waits a quarter of a second for a lock, in its own transaction alone', async () => {
    const read = sql<{ lock: string }>`select current_setting('lock_timeout') as lock`;
    const within = await retryTransaction(test.db, async (trx) => (await read.execute(trx)).rows);
    expect(within).toEqual([{ lock: '250ms' }]);
    expect((await read.execute(test.db)).rows).not.toEqual(within);
  });
});
