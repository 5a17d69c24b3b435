import type { EventEmitter } from 'node:events';
import { type Kysely, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { type Connection, connect } from './connect.ts';
import { retryTransaction } from './retry-transaction.ts';

const test = await givenDatabase();
beforeAll(async () => {
  await test.pool.query('create table notes (id int, words text); insert into notes values (1, $$one$$)');
});

const read = async (db: Kysely<never>): Promise<unknown> =>
  (await sql`select * from notes where id = ${1}`.execute(db)).rows[0];

async function withOne(use: (one: Connection, warnings: string[]) => Promise<void>): Promise<void> {
  const warnings: string[] = [];
  const one = connect({
    connectionString: test.connectionString,
    max: 1,
    log: { warn: (message) => void warnings.push(message) },
  });
  try {
    await use(one, warnings);
  } finally {
    await one.close();
  }
}

const prepared = async ({ pool }: Connection): Promise<string[]> =>
  (await pool.query<{ statement: string }>('select statement from pg_prepared_statements')).rows.map(
    ({ statement }) => statement,
  );

describe('a statement that comes again', () => {
  it('is prepared once, with whatever values it comes, and answers the same', () =>
    withOne(async (one) => {
      const answers: unknown[] = [];
      for (let id = 1; id <= 8; id += 1) {
        const { rows } = await sql`select ${id}::int + 1 as next, count(*) as notes from notes`.execute(one.db);
        answers.push(rows[0]);
      }
      expect(answers).toEqual(Array.from({ length: 8 }, (_, index) => ({ next: index + 2, notes: 1 })));
      expect(await prepared(one)).toEqual(['select $1::int + 1 as next, count(*) as notes from notes']);
    }));

  it('is asked for its columns once on a connection, and reads them the same from then on', () =>
    withOne(async (one) => {
      let reported = 0;
      one.pool.on('connect', (client) => {
        const { connection } = client as unknown as { connection: EventEmitter };
        connection.on('rowDescription', () => {
          reported += 1;
        });
      });
      const ask = (id: number) =>
        sql`select ${id}::int8 as id, now() as at, '{"a":1}'::json as json, null::text as none from notes`.execute(
          one.db,
        );
      const first = (await ask(1)).rows[0];
      const unnamed = 3;
      for (let use = 0; use < unnamed; use += 1) await ask(use);
      for (let id = 2; id <= 8; id += 1) {
        const { rows } = await ask(id);
        expect(rows).toEqual([{ ...Object(first), id, at: expect.stringMatching(/Z$/) }]);
      }
      expect(await prepared(one)).toHaveLength(1);
      // Four times without a name, once with it; and for what is prepared.
      expect(reported).toBe(1 + unnamed + 1 + 1);
    }));

  it('is not prepared where it has no values, nor at its first four uses', () =>
    withOne(async (one) => {
      for (let use = 0; use < 8; use += 1) await sql`select 1`.execute(one.db);
      for (let use = 0; use < 4; use += 1) await sql`select ${use}::int`.execute(one.db);
      expect(await prepared(one)).toEqual([]);
    }));

  it.each(['alone', 'in a transaction'])('is prepared anew where its table has changed, %s', (where) =>
    withOne(async (one) => {
      const db = one.db as unknown as Kysely<never>;
      const ask = () => (where === 'alone' ? read(db) : retryTransaction(db, (trx) => read(trx)));
      for (let use = 0; use < 8; use += 1) expect(await ask()).toEqual({ id: 1, words: 'one' });
      await test.pool.query('alter table notes add column more text');
      try {
        for (let use = 0; use < 8; use += 1) expect(await ask()).toEqual({ id: 1, words: 'one', more: null });
      } finally {
        await test.pool.query('alter table notes drop column more');
      }
      for (let use = 0; use < 8; use += 1) expect(await ask()).toEqual({ id: 1, words: 'one' });
    }),
  );

  it.each(['alone', 'in a transaction'])('is sent as it is from then on where the session is another, %s', (where) =>
    withOne(async (one, warnings) => {
      const db = one.db as unknown as Kysely<never>;
      const ask = () => (where === 'alone' ? read(db) : retryTransaction(db, (trx) => read(trx)));
      for (let use = 0; use < 8; use += 1) await ask();
      // As a connection pooler hands it out, which keeps sessions for one transaction.
      await one.pool.query('deallocate all');
      for (let use = 0; use < 8; use += 1) expect(await ask()).toEqual({ id: 1, words: 'one' });
      expect(await prepared(one)).toEqual([]);
      expect(warnings).toEqual([
        'Statements are not prepared: a connection pooler gives each transaction another session.',
      ]);
    }),
  );

  it('fails as it would without a name, where the fault is its own', () =>
    withOne(async (one) => {
      for (let use = 0; use < 8; use += 1) {
        const failed = sql`select 1 / (${use}::int - ${use}::int)`.execute(one.db);
        await expect(failed).rejects.toMatchObject({ code: '22012' });
      }
    }));
});
