import { fillPromptWorld, givenDatabase, type PromptWorld, withClient } from '@promptory/db/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { explainedLists, listCases, principalIn } from '../../../../test/index.ts';

const PROMPTS = 10_000;
/** Of what nobody's list may read all rows, where so many are. */
const LARGE = [
  'prompts',
  'tags',
  'prompt_totals',
  'groups',
  'group_prompts',
  'favorites',
  'name_counts',
  'usage_events',
];
/** What one person owns, is given and marks, with room: a hundredth of what there is for each. */
const OWN = 1_200;

const MAY_BE_EMPTY = ['history', 'trashed prompts', 'of a rare tag', 'groups that contain', 'tags that contain'];

const { pool, connectionString } = await givenDatabase();
const explain = explainedLists(pool);
let world: PromptWorld;
beforeAll(async () => {
  world = await withClient(connectionString, (client) => fillPromptWorld(client, { prompts: PROMPTS }));
});

describe.each(Object.entries(listCases))('%s', (name, list) => {
  it('are found by indexes, and sorted only among what is somebody’s own', async () => {
    const { items, scanned, sorted, plans } = await explain(list, principalIn(world.ordinary), world);
    if (!MAY_BE_EMPTY.includes(name)) expect(items).toBeGreaterThan(0);
    expect(
      scanned.filter((table) => LARGE.includes(table)),
      plans,
    ).toEqual([]);
    expect(sorted, plans).toBeLessThan(OWN);
  });

  it('are found by indexes for an administrator too, who may read all', async () => {
    const { scanned, sorted, plans } = await explain(list, principalIn(world.stranger, 'admin'), world);
    expect(
      scanned.filter((table) => LARGE.includes(table)),
      plans,
    ).toEqual([]);
    expect(sorted, plans).toBeLessThan(OWN);
  });
});
