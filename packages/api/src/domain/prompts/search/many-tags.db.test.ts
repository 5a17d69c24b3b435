import { type Database, nameKey } from '@promptory/db';
import { Kysely, PostgresDialect } from 'kysely';
import { describe, expect, it } from 'vitest';
import { callersOf, collect, givenApi, givenPerson, testServices } from '../../../../test/index.ts';

const { pool, services } = await givenApi();
const asked: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
const db = new Kysely<Database>({
  dialect: new PostgresDialect({ pool }),
  log: ({ query }) => void asked.push(query),
});
const owner = await givenPerson(services);
const { prompts, transfer } = callersOf({ ...testServices(db), usage: { record: () => undefined } }).as(
  owner.principal,
);

const tags = Array.from({ length: 20 }, (_, index) => `Tag ${index}`);
await prompts.create({ title: 'All', content: 'x', tags });
await prompts.create({ title: 'All but one', content: 'x', tags: tags.slice(1) });
await prompts.create({ title: 'All but the last', content: 'x', tags: tags.slice(0, -1) });

type List = (tag: string[]) => Promise<readonly { readonly title: string }[]>;
const lists: Readonly<Record<string, List>> = {
  'a list': async (tag) => (await prompts.list({ tag })).items,
  'a list by title': async (tag) => (await prompts.list({ tag, sort: 'title' })).items,
  'a search': async (tag) => (await prompts.list({ tag, q: 'all' })).items,
  'an export': async (tag) => collect(await transfer.export({ tag, scope: 'readable' })),
};

describe.each(Object.entries(lists))('%s of many tags', (_, list) => {
  it('has what has all of them, however they are written', async () => {
    const titlesOf = async (tag: string[]) => (await list(tag)).map(({ title }) => title);
    expect(await titlesOf(tags)).toEqual(['All']);
    expect(await titlesOf([...tags, ...tags.map((tag) => nameKey(tag))].slice(5, 25))).toEqual(['All']);
    expect((await titlesOf(tags.slice(1, -1))).toSorted()).toEqual(['All', 'All but one', 'All but the last']);
    expect(await titlesOf([...tags.slice(1), 'none'])).toEqual([]);
  });

  /** How often the plans of what it asks look at tags: PostgreSQL looks for the best order of them all. */
  async function looksAtTags(tag: string[]): Promise<number> {
    asked.length = 0;
    await list(tag);
    const reads = asked.filter(({ sql }) => /^\s*(?:select|with)/i.test(sql));
    const plans = await Promise.all(
      reads.map(({ sql, parameters }) => pool.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...parameters])),
    );
    return JSON.stringify(plans.map(({ rows }) => rows)).match(/"Relation Name":"tags"/g)?.length ?? 0;
  }

  it('is planned with no more joins than of two', async () => {
    const two = await looksAtTags(tags.slice(0, 2));
    expect(two).toBeGreaterThan(0);
    expect(await looksAtTags(tags)).toBeLessThan(2 * two);
  });
});
