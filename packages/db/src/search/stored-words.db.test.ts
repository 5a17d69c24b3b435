import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { givenDatabase } from '../../test/index.ts';
import { up as storeWhatIsThere } from '../migrations/20261129T160001_words_of_what_is_there.ts';
import { storeMissedWords, storeVectors, vectorsOf } from './stored-words.ts';

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

it('leaves little that is yet to be put into the index, however many it has written at once', async () => {
  await givenUnworded(300);
  await sql`UPDATE prompts SET content = (
    SELECT string_agg(md5(slug || n), ' ') FROM generate_series(1, 200) AS n
  )`.execute(db);
  expect(await storeMissedWords(db, longAgo)).toBe(300);
  // What is taken out of the list now was left in it: pages of 8 kB.
  const { rows } = await sql<{ pages: number }>`
    SELECT gin_clean_pending_list('prompt_words_texts')::integer AS pages
  `.execute(db);
  expect(rows[0]?.pages).toBeLessThanOrEqual(8);
});

it('writes what was made before of prompts that are as they were, over nothing that was written since', async () => {
  await givenUnworded(3);
  const { rows } = await sql<{ id: string; slug: string; at: Date }>`
    UPDATE prompts SET updated_at = '2026-01-01' RETURNING id, slug, updated_at AS at
  `.execute(db);
  const prompt = { title: 'Title', tags: [], category: null, description: '', content: 'balloon' };
  const vectors = await vectorsOf(rows.map(({ id, slug }) => ({ ...prompt, id, slug })));
  await sql`UPDATE prompts SET updated_at = now() WHERE slug IN ('p-2', 'p-3')`.execute(db);
  await sql`INSERT INTO prompt_words (prompt_id, indexed_at, names, texts)
    SELECT id, updated_at, '', '''airship''' FROM prompts WHERE slug = 'p-2'`.execute(db);
  await storeVectors(db, vectors, new Date('2026-01-01T00:00:00Z'));
  expect(await found("'balloon'")).toEqual(['p-1']);
  expect(await found("'airship'")).toEqual(['p-2']);
  await sql`UPDATE prompts SET updated_at = '2026-01-01' WHERE slug = 'p-2'`.execute(db);
  await storeVectors(db, vectors, new Date('2026-01-01T00:00:00Z'));
  expect(await found("'airship'")).toEqual(['p-2']);
});
