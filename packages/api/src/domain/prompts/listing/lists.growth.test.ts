import { fillPromptWorld, givenDatabase, withClient } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import { type Explained, explainedLists, listCases, principalIn } from '../../../../test/harness/list-cases.ts';

// Pages that PostgreSQL looks at for a page of each list, among some prompts and ten times as many: what one person owns, is
// given and marks stays the same. It may grow by the depth of indexes, and at most by half.

const sizes = (process.env.GROWTH_LISTS ?? '10000,100000').split(',').map(Number);
const mayGrowTo = (pages: number): number => 1.5 * pages + 40;

const costs = new Map<string, Explained[]>();
for (const prompts of sizes) {
  const { pool, connectionString } = await givenDatabase();
  const world = await withClient(connectionString, (client) => fillPromptWorld(client, { prompts }));
  const explain = explainedLists(pool);
  for (const [name, list] of Object.entries(listCases)) {
    for (const [who, principal] of Object.entries({
      'somebody ordinary': principalIn(world.ordinary),
      'a member of 500 groups': principalIn(world.joiner),
      'an administrator': principalIn(world.stranger, 'admin'),
    })) {
      const cost = await explain(list, principal, world);
      const key = `${name}, ${who}`;
      costs.set(key, [...(costs.get(key) ?? []), cost]);
    }
  }
}

describe.each([...costs])('%s', (name, found) => {
  const [few, ...more] = found.map(({ pages }) => pages);
  process.stdout.write(`${name.padEnd(60)}${found.map(({ pages }) => String(pages).padStart(8)).join('')}\n`);

  it('costs as much among very many prompts as among many', () => {
    for (const pages of more) expect(pages).toBeLessThanOrEqual(mayGrowTo(few ?? 0));
  });
});
