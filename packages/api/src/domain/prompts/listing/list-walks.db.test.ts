import type { Database } from '@promptory/db';
import { fillPromptWorld, givenDatabase, type PromptWorld, withClient } from '@promptory/db/testing';
import { Kysely, PostgresDialect } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ListSort } from './list-parts.ts';
import { type ListFilters, listedKeys } from './listed-keys.ts';

// Of somebody who is given two thousand prompts by groups, so that lists are walked along. A walk that ends within a page marks
// its end, and the page is looked up instead.

const LIMIT = 20;
const PAGES = 3;

const { pool, connectionString } = await givenDatabase();
let statements = 0;
const db = new Kysely<Database>({
  dialect: new PostgresDialect({ pool }),
  log: () => {
    statements += 1;
  },
});
let world: PromptWorld;
beforeAll(async () => {
  world = await withClient(connectionString, (client) =>
    fillPromptWorld(client, { prompts: 2_000, publicPercent: 30 }),
  );
});

interface Walked {
  readonly ids: readonly string[];
  /** One for each page, and another for each whose walk has ended too early. */
  readonly statements: number;
}

/** The first pages of a list, walked along for so many steps each. */
async function pagesOf(sort: ListSort, filters: ListFilters, steps?: number): Promise<Walked> {
  const who = { userId: world.joiner, isAdmin: false, groupId: null };
  const ids: string[] = [];
  let after: readonly (string | number)[] | undefined;
  statements = 0;
  for (let page = 0; page < PAGES; page += 1) {
    const keys = (await listedKeys(db, who, filters, { sort, limit: LIMIT, after, steps })).slice(0, LIMIT);
    ids.push(...keys.map(({ id }) => id));
    const last = keys.at(-1);
    if (last === undefined) break;
    after = [last.sortKey, last.id];
  }
  return { ids, statements };
}

const lists: Readonly<Record<string, (world: PromptWorld) => [ListSort, ListFilters]>> = {
  'by change': () => ['updated', {}],
  'by creation': () => ['created', {}],
  'by title': () => ['title', {}],
  'by uses': () => ['usage', {}],
  'of a tag': ({ commonTag }) => ['updated', { tag: [commonTag] }],
  'of a category, by uses': ({ category }) => ['usage', { category }],
  'private ones': () => ['updated', { visibility: 'private' }],
};

describe.each(Object.entries(lists))('pages %s', (_, listOf) => {
  it('are the same wherever a walk ends', async () => {
    const [sort, filters] = listOf(world);
    const whole = await pagesOf(sort, filters);
    expect(whole.ids).toHaveLength(PAGES * LIMIT);
    expect(whole.statements).toBe(PAGES);
    for (const steps of [1, 2, LIMIT, LIMIT + 1, LIMIT + 2, 50]) {
      expect((await pagesOf(sort, filters, steps)).ids, `${steps} steps`).toEqual(whole.ids);
    }
    // No walk of one step fills a page.
    expect((await pagesOf(sort, filters, 1)).statements).toBe(2 * PAGES);
  });
});
