import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrateToLatest } from '../src/migrate/migrator.ts';
import { givenDatabase } from './index.ts';
import { takeBack } from './take-back.ts';

const { db, connectionString } = await givenDatabase();
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const ANN = '01900000-0000-7000-8000-00000000000a';

/** Slug, trashed slug and whether it is in the trash, by the order in which they were made. */
const slugs = async (): Promise<unknown[]> => {
  const { rows } = await sql<{ title: string; slug: string; trashed: string | null }>`
    SELECT title, slug, to_jsonb(prompts) ->> 'trashed_slug' AS trashed FROM prompts ORDER BY title
  `.execute(db);
  return rows.map(({ title, slug, trashed }) => [
    title,
    slug.replaceAll(UUID, 'uuid'),
    trashed?.replaceAll(UUID, 'uuid') ?? null,
  ]);
};

const insert = (title: string, slug: string, isTrashed: boolean) =>
  sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, deleted_at)
    VALUES (gen_random_uuid(), ${ANN}, ${slug}, ${title}, 'x', sha256(''::bytea), ${isTrashed ? new Date() : null})`.execute(
    db,
  );

it('frees the slugs of what lies in the trash already, and gives back what is free when it is undone', async () => {
  await sql`INSERT INTO users (id, email, name, handle) VALUES (${ANN}, 'ann@example.com', 'Ann', 'ann')`.execute(db);
  const long = `${'a'.repeat(112)}/${'b'.repeat(37)}`;
  await insert('1', 'here', false);
  await insert('2', 'support/gone', true);
  await insert('3', 'support/gone', false);
  await insert('4', long, true);
  for (let index = 0; index < 60; index += 1) await insert(`x${index}`, `many-${index}`, true);
  const freed = await slugs();
  expect(freed.slice(0, 4)).toEqual([
    ['1', 'here', null],
    ['2', 'support/gone/uuid', 'support/gone'],
    ['3', 'support/gone', null],
    ['4', `${'a'.repeat(112)}/uuid`, long],
  ]);
  await takeBack(connectionString, '20261128T200000_slugs_of_the_trash');
  expect((await slugs()).slice(0, 5)).toEqual([
    ['1', 'here', null],
    ['2', 'support/gone/uuid', null],
    ['3', 'support/gone', null],
    ['4', long, null],
    ['x0', 'many-0', null],
  ]);
  await migrateToLatest({ connectionString });
  const again = await slugs();
  // What its slug could not be given back to keeps the random one as what it is called.
  expect(again[1]).toEqual(['2', 'support/gone/uuid/uuid', 'support/gone/uuid']);
  expect([again[0], again[2], again[3]]).toEqual([freed[0], freed[2], freed[3]]);
  expect(again.slice(4)).toEqual(freed.slice(4));
  expect(again).toHaveLength(64);
});
