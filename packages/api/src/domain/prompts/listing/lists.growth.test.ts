import { fillPromptWorld, givenDatabase, withClient } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import { type Explained, explainedLists, listCases, principalIn } from '../../../../test/harness/list-cases.ts';

// Pages that PostgreSQL looks at for a page of each list, the first one and one behind five hundred, among some prompts and ten times
// as many: what one person owns, is given and marks stays the same. A look into an index goes one page deeper, which is half as
// much again.

const sizes = (process.env.GROWTH_LISTS ?? '10000,100000').split(',').map(Number);
const BEHIND = 500;

/**
 * Of a member of 500 groups each is looked up. Among 10,000 prompts their entries are all that there are, and lie beside each
 * other; among more, each look is one from the top of an index. That is what being in so many groups costs, and not more.
 */
const GROUPS = 550;
const LOOK = 4;

const people = {
  'somebody ordinary': { mayGrowTo: (pages: number) => 1.5 * pages + 100, atMost: 2_000 },
  'a member of 500 groups': { mayGrowTo: (pages: number) => 1.5 * pages + GROUPS * LOOK, atMost: 3_500 },
  'an administrator': { mayGrowTo: (pages: number) => 1.5 * pages + 100, atMost: 2_000 },
} as const;
type Who = keyof typeof people;

/** What is read of the names that there are, which are more among more prompts: they are bounded by what people think of. */
const BY_NAMES = ['tags that contain, an administrator', 'tags that contain, late, an administrator'];

/** Each list, its first page and one behind: a list that ends before that has a short page there, and is compared with its first. */
const costs = new Map<string, { who: Who; first: string; found: Explained[] }>();
for (const prompts of sizes) {
  const { pool, connectionString } = await givenDatabase();
  const world = await withClient(connectionString, (client) => fillPromptWorld(client, { prompts }));
  const explain = explainedLists(pool);
  const principals = {
    'somebody ordinary': principalIn(world.ordinary),
    'a member of 500 groups': principalIn(world.joiner),
    'an administrator': principalIn(world.stranger, 'admin'),
  };
  for (const [name, list] of Object.entries(listCases)) {
    for (const who of Object.keys(people) as Who[]) {
      for (const [place, behind] of Object.entries({ '': 0, ', late': BEHIND })) {
        const key = `${name}${place}, ${who}`;
        const { found } = costs.get(key) ?? { found: [] };
        const further = await explain(list, principals[who], world, behind);
        costs.set(key, { who, first: `${name}, ${who}`, found: [...found, further] });
      }
    }
  }
}

describe.each([...costs])('%s', (name, { who, first, found }) => {
  const [fewHere = 0, ...more] = found.map(({ pages }) => pages);
  const few = Math.max(fewHere, costs.get(first)?.found[0]?.pages ?? 0);
  process.stdout.write(`${name.padEnd(60)}${found.map(({ pages }) => String(pages).padStart(8)).join('')}\n`);

  it('costs as much among very many prompts as among many, and little', () => {
    for (const pages of more) {
      if (!BY_NAMES.includes(name)) expect(pages).toBeLessThanOrEqual(people[who].mayGrowTo(few));
      expect(pages).toBeLessThanOrEqual(people[who].atMost);
    }
  });
});
