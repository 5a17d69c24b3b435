import { type Compilable, type Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { countedQueries, givenDatabase } from '../test/index.ts';
import { compiledOnce } from './compiled-query.ts';
import type { Database } from './tables/rows.ts';

const test = await givenDatabase();

interface Asked {
  readonly who: { readonly id: string; readonly groupId: string | null };
  readonly bytes: Buffer;
  readonly number: number;
  readonly isAdmin: boolean;
}

const asked: Asked = { who: { id: 'ann', groupId: null }, bytes: Buffer.from([1]), number: 1, isAdmin: false };

/** A query of several shapes, which says how often it was built. */
function counting() {
  const counts = { built: 0 };
  const query = compiledOnce((_: Kysely<Database>, { who, bytes, number, isAdmin }: Asked) => {
    counts.built += 1;
    const group = who.groupId === null ? sql`'none'` : sql`${who.groupId}::text`;
    return rows<object>(sql`select ${who.id}::text as id, ${group} as "group", ${bytes}::bytea as bytes,
      ${number}::integer as number, ${'always'}::text as always, ${who.id}::text as again, ${sql.lit(isAdmin)} as admin`);
  });
  return { counts, query };
}

/** A statement as a query that can be compiled. */
const rows = <Row>(statement: ReturnType<typeof sql>): Compilable<Row> => ({
  compile: () => statement.compile(test.db) as never,
});

describe('a query that is compiled once', () => {
  it('is asked with the values of each call, wherever they stand', async () => {
    const { query } = counting();
    const expected = { group: 'none', bytes: Buffer.from([1]), number: 1, always: 'always', admin: false };
    expect(await query.first(test.db, asked)).toEqual({ ...expected, id: 'ann', again: 'ann' });
    const others = { ...asked, who: { id: "b'ob", groupId: null }, bytes: Buffer.from('xyz'), number: -7 };
    expect(await query.all(test.db, others)).toEqual([
      { ...expected, id: "b'ob", again: "b'ob", bytes: Buffer.from('xyz'), number: -7 },
    ]);
    expect(await query.first(test.db, asked)).toEqual({ ...expected, id: 'ann', again: 'ann' });
  });

  it('is built anew for each shape, and for no value', async () => {
    const { query, counts } = counting();
    const built: number[] = [];
    for (const parts of [
      asked,
      { ...asked, number: 2 },
      { ...asked, isAdmin: true },
      { ...asked, who: { id: 'ann', groupId: 'one' } },
      { ...asked, who: { id: 'bob', groupId: 'two' } },
    ]) {
      expect(await query.first(test.db, parts)).toMatchObject({
        id: parts.who.id,
        group: parts.who.groupId ?? 'none',
        number: parts.number,
        admin: parts.isAdmin,
      });
      built.push(counts.built);
    }
    // Once with marks and once as it is asked, to see that they are the same.
    expect(built).toEqual([2, 2, 4, 6, 6]);
  });

  it('runs in the transaction that it is given, and over another connection to the same tables', async () => {
    const names = compiledOnce((db: Kysely<Database>, { email }: { email: string }) =>
      db.selectFrom('users').select('name').where('email', '=', email),
    );
    const email = 'ann@example.com';
    await test.db
      .transaction()
      .execute(async (trx) => {
        await sql`insert into users (id, email, name, handle) values (gen_random_uuid(), ${email}, 'Ann', 'ann')`.execute(
          trx,
        );
        expect(await names.all(trx, { email })).toEqual([{ name: 'Ann' }]);
        expect(await names.first(test.db, { email })).toBeUndefined();
        throw new Error('undone');
      })
      .catch((error: Error) => expect(error.message).toBe('undone'));
    const counted = countedQueries(test.pool);
    expect(await names.all(counted.db, { email })).toEqual([]);
    expect(counted.queries()).toEqual(['select "name" from "users" where "email" = $1']);
  });

  it('sends each value once, however often it stands in the text, and what is null where it stands', async () => {
    const counted = countedQueries(test.pool);
    const twice = compiledOnce((_: Kysely<Database>, { one, none }: { one: string; none: string | null }) =>
      rows(sql`select ${one}::text as first, ${'all'}::text as always, ${one}::text as second, ${'all'}::text as again,
        ${none}::text as none, ${none}::uuid as other`),
    );
    const expected = { always: 'all', again: 'all', none: null, other: null };
    for (const one of ['ann', 'bob']) {
      expect(await twice.first(counted.db, { one, none: null })).toEqual({ ...expected, first: one, second: one });
    }
    expect(counted.queries()[0]?.match(/\$\d/g)).toEqual(['$1', '$2', '$1', '$2', '$3', '$4']);
  });

  it('is sent as it was built where a dollar in its text is none of a parameter', async () => {
    const quoted = compiledOnce((_: Kysely<Database>, { one }: { one: string }) =>
      rows(sql`select ${one}::text || '$1' as first, ${one}::text as second`),
    );
    expect(await quoted.first(test.db, { one: 'ann' })).toEqual({ first: 'ann$1', second: 'ann' });
  });

  it.each([
    ['changes a value', (value: string) => sql`select ${`${value}!`}::text`],
    ['is built by a value', (value: string) => (value === 'ann' ? sql`select 1` : sql`select 2`)],
    ['writes a value into its text', (value: string) => sql`select ${sql.lit(value)}`],
    ['leaves a value out', (value: string) => sql`select ${value.length > 3 ? value : ''}::text`],
  ])('is refused where it %s', async (_, statement) => {
    const query = compiledOnce((_db: Kysely<Database>, { value }: { value: string }) => rows(statement(value)));
    await expect(query.first(test.db, { value: 'ann' })).rejects.toThrow('depends on its values');
  });
});
