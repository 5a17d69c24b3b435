import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { up as storeWhatIsThere } from '../migrations/20261129T160001_words_of_what_is_there.ts';
import { storeMissedWords } from './stored-words.ts';

const { db } = await givenDatabase();
const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const longAgo = new Date(0);

const found = async (word: string): Promise<string[]> => {
  const { rows } = await sql<{ slug: string }>`
    SELECT slug FROM prompts JOIN prompt_words ON prompt_id = id WHERE texts @@ ${word}::tsquery ORDER BY slug
  `.execute(db);
  return rows.map(({ slug }) => slug);
};

async function givenUnworded(count: number): Promise<void> {
  await sql`INSERT INTO users (id, email, name, handle) VALUES (${id(1)}, 'ann@example.com', 'Ann', 'ann')
    ON CONFLICT DO NOTHING`.execute(db);
  await sql`TRUNCATE prompt_words`.execute(db);
  await sql`DELETE FROM prompts`.execute(db);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
    SELECT gen_random_uuid(), ${id(1)}, 'p-' || n, 'Title', 'zeppelin', sha256(''::bytea)
    FROM generate_series(1, ${count}::integer) AS n`.execute(db);
}

it('stores the words of all that is there, batch by batch, and again of what has changed since', async () => {
  await givenUnworded(250);
  await storeWhatIsThere(db as never);
  expect(await found("'zeppelin'")).toHaveLength(250);
  await sql`UPDATE prompts SET content = 'balloon', updated_at = now() + interval '1 s' WHERE slug = 'p-7'`.execute(db);
  await storeWhatIsThere(db as never);
  expect(await found("'balloon'")).toEqual(['p-7']);
});

it('stores words that another release has not stored, once, and none of prompts from before', async () => {
  await givenUnworded(120);
  await sql`UPDATE prompts SET updated_at = now() - interval '2 d' WHERE slug = 'p-1'`.execute(db);
  const aDayAgo = new Date(
    Date.parse((await sql<{ at: string }>`SELECT now() AS at`.execute(db)).rows[0]?.at ?? '') - 86_400_000,
  );
  expect(await storeMissedWords(db, aDayAgo)).toBe(119);
  expect(await storeMissedWords(db, aDayAgo)).toBe(0);
  expect(await storeMissedWords(db, longAgo)).toBe(1);
  expect(await found("'zeppelin'")).toHaveLength(120);
});
