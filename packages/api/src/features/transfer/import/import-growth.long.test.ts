import { countedQueries, measuredQueries, type QueryCost } from '@promptory/db/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { importAs } from '../../../../test/harness/transfers.ts';
import { errorOf, givenApi, givenPerson, givenPrompt } from '../../../../test/index.ts';

const { db, pool, services } = await givenApi();

const fileOf = (rows: number, row: string): string => `title,content\n${`${row}\n`.repeat(rows)}`;

describe('an import of equal rows', () => {
  it('finds each prompt for one row, and makes the rest', async () => {
    const ann = await givenPerson(services, { handle: 'ann' });
    expect((await importAs(services, ann, fileOf(1_200, 'Same,same'))).summary).toMatchObject({ created: 1_200 });
    const again = await importAs(services, ann, fileOf(1_203, 'Same,same'));
    expect(again.summary).toMatchObject({ created: 3, unchanged: 1_200 });
    const ids = again.events.flatMap((event) => (event.type === 'row' ? [event.promptId] : []));
    expect(new Set(ids).size).toBe(1_203);
    expect((await importAs(services, ann, fileOf(1_203, 'Same,same'))).summary).toMatchObject({ unchanged: 1_203 });
  });

  it('takes none from the trash, and none that a row names by its slug', async () => {
    const bea = await givenPerson(services, { handle: 'bea' });
    const [first, second] = [
      await givenPrompt(services, bea, 'Same', { content: 'same' }),
      await givenPrompt(services, bea, 'Same', { content: 'same' }),
    ];
    await db.updateTable('prompts').set({ deleted_at: new Date() }).where('id', '=', first.id).execute();
    const { events } = await importAs(
      services,
      bea,
      `slug,title,content\n,Same,same\n${second.slug},Same,same\n,Same,same\n`,
    );
    const rows = events.flatMap((event) => (event.type === 'row' ? [event] : []));
    expect(rows.map(({ outcome }) => outcome)).toEqual(['created', 'unchanged', 'created']);
    expect(rows[1]?.promptId).toBe(second.id);
  });

  it('costs the same however many equal prompts there are, but for the depth of an index', async () => {
    const costOf = async (equal: number): Promise<{ found: QueryCost; made: QueryCost }> => {
      const owner = await givenPerson(services, { handle: `equal-${equal}` });
      const { id } = await givenPrompt(services, owner, 'Equal', { content: 'equal' });
      await sql`
        INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
        SELECT gen_random_uuid(), user_id, 'equal-' || n, title, content, content_hash
        FROM prompts, generate_series(2, ${equal}::integer) AS n WHERE prompts.id = ${id}
      `.execute(db);
      await sql`ANALYZE prompts`.execute(db);
      const { db: measured, take } = measuredQueries(pool);
      const costs = [];
      for (const row of ['Equal,equal', 'Equal,other']) {
        const { summary } = await importAs({ ...services, db: measured }, owner, fileOf(3, row));
        expect(summary).toMatchObject(row.endsWith('equal') ? { unchanged: 3 } : { created: 3 });
        costs.push(take());
      }
      const [found, made] = costs as [QueryCost, QueryCost];
      return { found, made };
    };
    const few = await costOf(20);
    const many = await costOf(3_000);
    expect(few.found.rows).toBeGreaterThan(3);
    expect(many.found.rows).toBeLessThan(few.found.rows + 10);
    expect(many.found.pages).toBeLessThan(few.found.pages + 30);
    // Doubling and halving asks for 28 numbers where it was 8, and each is a page of the index or a few.
    expect(many.made.rows).toBeLessThan(few.made.rows + 40);
    expect(many.made.pages).toBeLessThan(few.made.pages + 200);
    expect([many.found.statements, many.made.statements]).toEqual([few.found.statements, few.made.statements]);
    expect([many.found.parameters, many.made.parameters]).toEqual([few.found.parameters, few.made.parameters]);
  });
});

describe('rows that the database refuses', () => {
  it('fail alone, at a dozen statements each, and end the import when they are a hundred', async () => {
    const cid = await givenPerson(services, { handle: 'cid' });
    await sql`
      CREATE FUNCTION refuse_bad() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '54000'; END $$
    `.execute(db);
    await sql`CREATE TRIGGER refuse_bad BEFORE INSERT ON prompts FOR EACH ROW WHEN (NEW.title = 'Bad')
      EXECUTE FUNCTION refuse_bad()`.execute(db);
    const rows = (bad: (row: number) => boolean, count: number): string =>
      `title,content\n${Array.from({ length: count }, (_, row) => `${bad(row) ? 'Bad' : 'Good'},${row}\n`).join('')}`;
    const counted = countedQueries(pool);
    const transactions = () => counted.queries().filter((query) => query === 'begin').length;
    const one = await importAs(
      { ...services, db: counted.db },
      cid,
      rows((row) => row === 77, 500),
    );
    expect(one.summary).toMatchObject({ created: 499, failed: 1 });
    expect(one.outcomes.indexOf('failed')).toBe(77);
    // One more takes the import's place among those at once.
    expect(transactions()).toBeLessThanOrEqual(21);

    const before = transactions();
    const body = rows(() => true, 5_000);
    const error = await errorOf(importAs({ ...services, db: counted.db }, cid, body));
    expect([error.code, error.extra]).toEqual(['request.invalid', expect.objectContaining({ rows: 500, failed: 500 })]);
    expect(error.message).toMatch(/refused 100 rows.*The 500 rows before are done/);
    expect(transactions() - before).toBeLessThan(300);
  });
});
