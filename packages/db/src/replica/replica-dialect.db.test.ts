import { type CompiledQuery, Kysely, sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { connectForTest, givenDatabase } from '../../test/index.ts';
import type { Connection } from '../connection/connect.ts';
import type { Database } from '../tables/rows.ts';
import { ReplicaDialect } from './replica-dialect.ts';

// Two ways to one database, told apart by their names; what is read-only stands for the replica.

const { connectionString } = await givenDatabase();
const named = (name: string, options = ''): Connection => {
  const url = new URL(connectionString);
  url.searchParams.set('application_name', name);
  if (options !== '') url.searchParams.set('options', options);
  return connectForTest(url.href, 2);
};
const primary = named('as primary');
const replica = named('as replica', '-c default_transaction_read_only=on');
afterAll(() => Promise.all([primary.close(), replica.close()]));

let failures: unknown[];
let replicaDb: Kysely<Database>;
let isOpen: boolean;
beforeEach(() => {
  failures = [];
  isOpen = true;
  replicaDb = replica.db;
});

const call = (): Kysely<Database> => {
  const failed = (error: unknown): void => void failures.push(error);
  const places = { primary: primary.db, replica: replicaDb, isOpen: () => isOpen, failed };
  return new Kysely<Database>({ dialect: new ReplicaDialect(places) });
};
const place = sql<{ at: string }>`SELECT current_setting('application_name') AS at`;
const placeOf = async (db: Kysely<Database>): Promise<string | undefined> => (await place.execute(db)).rows[0]?.at;

/** As one that was killed. */
const gone = (): Kysely<Database> => {
  const executeQuery = (_: CompiledQuery): Promise<never> =>
    Promise.reject(new Error('Connection terminated unexpectedly'));
  return { executeQuery } as unknown as Kysely<Database>;
};

describe('the database of a call that only reads', () => {
  it('is the replica, for statements that are built and that are written', async () => {
    const db = call();
    expect(await placeOf(db)).toBe('as replica');
    const built = db.selectNoFrom(sql<string>`current_setting('application_name')`.as('at'));
    expect(await built.executeTakeFirst()).toEqual({ at: 'as replica' });
    expect(
      await db
        .with('one', () => built)
        .selectFrom('one')
        .select('at')
        .execute(),
    ).toEqual([{ at: 'as replica' }]);
    expect(failures).toEqual([]);
  });

  it('is the primary from the first statement on that fails at the replica, which is answered there', async () => {
    replicaDb = gone();
    const db = call();
    expect(await placeOf(db)).toBe('as primary');
    expect(failures).toEqual([new Error('Connection terminated unexpectedly')]);
    replicaDb = replica.db;
    expect(await placeOf(db)).toBe('as primary');
    expect(failures).toHaveLength(1);
    expect(await placeOf(call())).toBe('as replica');
  });

  it('is the primary from the first statement on at which the replica shows too little, however early the call began', async () => {
    const db = call();
    expect(await placeOf(db)).toBe('as replica');
    isOpen = false;
    expect(await placeOf(db)).toBe('as primary');
    isOpen = true;
    expect(await placeOf(db)).toBe('as primary');
    expect(await placeOf(call())).toBe('as replica');
    expect(failures).toEqual([]);
  });

  it('answers all statements at once of a call whose replica goes away', async () => {
    replicaDb = gone();
    const db = call();
    const places = await Promise.all(Array.from({ length: 10 }, () => placeOf(db)));
    expect(new Set(places)).toEqual(new Set(['as primary']));
  });

  it('says of a statement that is wrong what the primary says', async () => {
    await expect(sql`SELECT 1 / 0`.execute(call())).rejects.toMatchObject({ code: '22012' });
    expect(failures).toMatchObject([{ code: '22012' }]);
  });

  it('writes at the primary, and reads there from then on', async () => {
    const db = call();
    await db
      .insertInto('changes')
      .values({ topics: ['built'] })
      .execute();
    expect(await placeOf(db)).toBe('as primary');
    const written = call();
    await sql`INSERT INTO changes (topics) VALUES (ARRAY['written'])`.execute(written);
    expect(await placeOf(written)).toBe('as primary');
    expect(failures).toEqual([]);
    // What writes within a SELECT is refused by the replica.
    const within = call();
    await sql`WITH made AS (INSERT INTO changes (topics) VALUES (ARRAY['within'])) SELECT 1`.execute(within);
    expect(failures).toMatchObject([{ code: '25006' }]);
    const { rows } = await sql<{ topics: string[] }>`SELECT topics FROM changes ORDER BY topics`.execute(primary.db);
    expect(rows.map(({ topics }) => topics[0])).toEqual(['built', 'within', 'written']);
  });

  it('has its transactions at the primary, and undoes them there', async () => {
    const db = call();
    await db.transaction().execute(async (trx) => {
      expect(await placeOf(trx)).toBe('as primary');
      await trx
        .insertInto('changes')
        .values({ topics: ['kept'] })
        .execute();
    });
    expect(await placeOf(db)).toBe('as primary');
    const undone = call()
      .transaction()
      .execute(async (trx) => {
        await trx
          .insertInto('changes')
          .values({ topics: ['undone'] })
          .execute();
        throw new Error('Undo it.');
      });
    await expect(undone).rejects.toThrow('Undo it.');
    const { rows } = await sql<{ topics: string[] }>`SELECT topics FROM changes`.execute(primary.db);
    expect(rows.flatMap(({ topics }) => topics)).toContain('kept');
    expect(rows.flatMap(({ topics }) => topics)).not.toContain('undone');
  });
});
