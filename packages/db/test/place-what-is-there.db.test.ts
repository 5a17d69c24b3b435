import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { up } from '../src/migrations/20261129T140001_place_what_is_there.ts';
import { givenDatabase } from './index.ts';

const { db } = await givenDatabase();
const ANN = '01900000-0000-7000-8000-00000000000a';
const AT = '2026-11-01T00:00:00.000Z';

it('writes beside each tag and the uses of each prompt what lists of them go by, where it is not right already', async () => {
  await sql`INSERT INTO users (id, email, name, handle) VALUES (${ANN}, 'ann@example.com', 'Ann', 'ann')`.execute(db);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, visibility, deleted_at, updated_at)
    SELECT gen_random_uuid(), ${ANN}, title, title, 'x', sha256(''::bytea), visibility, deleted_at, ${AT}
    FROM (VALUES ('private', 'private', NULL), ('public', 'public', NULL), ('gone', 'public', ${AT}::timestamptz))
      AS made (title, visibility, deleted_at)`.execute(db);
  await sql`INSERT INTO tags (prompt_id, name) SELECT id, 'Ode' FROM prompts`.execute(db);
  const placed = async () => {
    const { rows } = await sql<{ title: string; places: unknown }>`
      SELECT title, jsonb_build_array(tags.is_live, tags.is_public, listed_at = updated_at, tags.user_id = prompts.user_id,
        prompt_totals.is_public) AS places
      FROM prompts JOIN tags ON tags.prompt_id = prompts.id LEFT JOIN prompt_totals ON prompt_totals.prompt_id = prompts.id
      ORDER BY title
    `.execute(db);
    return rows.map(({ title, places }) => [title, places]);
  };
  const right = [
    ['gone', [false, false, true, true, false]],
    ['private', [true, false, true, true, false]],
    ['public', [true, true, true, true, true]],
  ];
  expect(await placed()).toEqual(right);
  await sql`UPDATE tags SET is_live = NOT is_live, is_public = NOT is_public, listed_at = NULL, user_id = NULL`.execute(
    db,
  );
  await sql`UPDATE prompt_totals SET is_public = NOT is_public`.execute(db);
  await up(db as unknown as Kysely<unknown>);
  expect(await placed()).toEqual(right);
  await sql`UPDATE tags SET is_live = NULL, is_public = NULL`.execute(db);
  await sql`DELETE FROM prompt_totals`.execute(db);
  await up(db as unknown as Kysely<unknown>);
  expect(await placed()).toEqual(right);
});
