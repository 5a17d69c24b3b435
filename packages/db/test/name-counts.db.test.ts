import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { givenDatabase } from './index.ts';

const { db, pool } = await givenDatabase();
const [ANN, NONE] = ['01900000-0000-7000-8000-00000000000a', '00000000-0000-0000-0000-000000000000'];

beforeAll(async () => {
  await sql`INSERT INTO users (id, email, name, handle) VALUES (${ANN}, 'ann@example.com', 'Ann', 'ann')`.execute(db);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, category, visibility)
    SELECT gen_random_uuid(), ${ANN}, slug, 'T', 'x', sha256(''::bytea), category, visibility
    FROM (VALUES ('a', 'Rose', 'public'), ('b', 'Rose', 'private'), ('c', NULL, 'public')) AS made (slug, category, visibility)
  `.execute(db);
  await sql`INSERT INTO tags (prompt_id, name) SELECT id, 'Ode' FROM prompts WHERE slug <> 'a'`.execute(db);
});

const answer = async (query: string): Promise<number> =>
  Number(Object.values((await pool.query(`SELECT public.${query}`)).rows[0] ?? {})[0]);
const counted = async () => {
  const { rows } = await pool.query('SELECT owner, kind, key, prompts, public FROM name_counts');
  return rows.map((row) => [row.owner, row.kind, row.key, Number(row.prompts), Number(row.public)].join(' ')).sort();
};
const rose = "kind = 'category' AND key = 'rose'";

it.each([
  ['of names that were never counted', 'DELETE FROM name_counts', 4],
  ['of prompts', `UPDATE name_counts SET prompts = prompts + 1 WHERE ${rose}`, 2],
  ['of what is public alone', `UPDATE name_counts SET public = public - 1 WHERE ${rose} AND owner = '${ANN}'`, 1],
  ['of names that nothing has', `INSERT INTO name_counts VALUES ('${ANN}', 'tag', 'elegy', 2, 1)`, 1],
  [
    'that are still to be added up',
    `INSERT INTO name_count_changes (owner, kind, key, prompts, public) VALUES ('${ANN}', 'tag', 'ode', 3, 0)`,
    1,
  ],
])('corrects counts that are off, and no others: %s', async (_, falsify, off) => {
  await answer('add_up_name_counts(1000)');
  const right = [ANN, NONE].flatMap((owner) => [`${owner} category rose 2 1`, `${owner} tag ode 2 1`]).sort();
  expect(await counted()).toEqual(right);
  await pool.query(falsify);
  expect(await answer('correct_name_counts()')).toBe(off);
  await answer('add_up_name_counts(1000)');
  expect(await counted()).toEqual(right);
  expect(await answer('correct_name_counts()')).toBe(0);
});

it('adds up nothing beside another who does, and says so', async () => {
  const before = await counted();
  const client = await pool.connect();
  try {
    await client.query(
      "BEGIN; INSERT INTO name_count_changes (owner, kind, key, prompts, public) VALUES (gen_random_uuid(), 'tag', 'x', 1, 0)",
    );
    await client.query('SELECT public.add_up_name_counts(10)');
    await pool.query(
      `INSERT INTO name_count_changes (owner, kind, key, prompts, public) VALUES ('${ANN}', 'tag', 'epic', 1, 0)`,
    );
    expect(await answer('add_up_name_counts(10)')).toBe(0);
    expect(await counted()).toEqual(before);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  expect(await answer('add_up_name_counts(10)')).toBe(1);
  expect(await counted()).toContain(`${ANN} tag epic 1 0`);
});
