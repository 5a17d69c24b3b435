import { givenDatabase } from '@promptory/db/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { along, walkedPart } from './list-parts.ts';

const { db } = await givenDatabase();

/** What a walk along so many entries finds of those that are meant. */
async function walked(entries: number, meant: readonly number[], when = true) {
  const place = along({ sort: 'title', limit: 20, after: undefined, steps: 10 });
  const from = sql`(SELECT generate_series(1, ${entries}::integer) AS at) AS made`;
  const isMeant = sql<boolean>`near.id = ANY (${meant}::integer[])`;
  const order = { ...place, by: sql`made.at`, id: sql`made.at` };
  const part = walkedPart(from, order, [], { when: sql<boolean>`${when}::boolean`, isMeant });
  const { rows } = await sql<{ id: number; is_end: boolean }>`SELECT id, is_end FROM ${part} AS part`.execute(db);
  return rows.map(({ id, is_end }) => (is_end ? `end at ${id}` : id));
}

it('finds what is meant along a list, and marks where it gave up', async () => {
  expect(await walked(9, [1, 9])).toEqual([1, 9]);
  expect(await walked(20, [1, 9, 11])).toEqual([1, 9, 'end at 10']);
  expect(await walked(20, [11])).toEqual(['end at 10']);
  expect(await walked(20, [10])).toEqual(['end at 10']);
  expect(await walked(20, [1], false)).toEqual([]);
});
