import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrateToLatest } from '../src/migrate/migrator.ts';
import { givenDatabase } from './index.ts';
import { takeBack } from './take-back.ts';

const test = await givenDatabase();
const { db, connectionString } = test;
const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const [ann, ben] = [id(1), id(2)];

/** Title, owner, category and tags, the oldest first. */
const prompts: ReadonlyArray<readonly [owner: string, category: string | null, tags: readonly string[]]> = [
  [ann, 'Finance', ['cafe\u0301', 'support']],
  [ann, 'finance', ['café', 'straße']],
  [ann, 'FINANCE', ['café', 'cafe\u0301', 'strasse']],
  [ann, null, []],
  [ann, 'Finance', ['straße']],
  [ann, '\u200b', ['\u200b']],
  [ben, 'FINANCE', ['ｃａｆé']],
];

async function givenBefore(): Promise<void> {
  await takeBack(connectionString, '20261128T172000_name_keys');
  await sql`INSERT INTO users (id, email, name, handle) VALUES
    (${ann}, 'ann@example.com', ${'Ann Mu\u0308ller'}, 'ann'), (${ben}, 'ben@example.com', 'Ben', 'ben')`.execute(db);
  for (const [index, [owner, category, tags]] of prompts.entries()) {
    const prompt = id(100 + index);
    await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, category)
      VALUES (${prompt}, ${owner}, ${`p-${index}`}, 'T', 'x', sha256(''::bytea), ${category})`.execute(db);
    await sql`INSERT INTO tags (prompt_id, name) SELECT ${prompt}::uuid, name FROM unnest(${tags}::text[]) AS name`.execute(
      db,
    );
  }
  await sql`INSERT INTO favorites (user_id, prompt_id) VALUES (${ben}, ${id(102)})`.execute(db);
}

const after = async () => {
  const { rows } = await sql<{ category: string | null; key: string | null; tags: string[]; keys: string[] }>`
    SELECT category, category_key AS key, ARRAY(SELECT name FROM tags WHERE prompt_id = prompts.id ORDER BY name_key) AS tags,
      ARRAY(SELECT name_key FROM tags WHERE prompt_id = prompts.id AND user_id = prompts.user_id ORDER BY name_key) AS keys
    FROM prompts ORDER BY id
  `.execute(db);
  return rows.map(({ category, key, tags, keys }) => [category, key, tags, keys]);
};

it('joins the names that were one already, keeps what hangs on them, and does the same when it is done again', async () => {
  await givenBefore();
  await migrateToLatest({ connectionString });
  const joined = [
    ['Finance', 'finance', ['café', 'support'], ['café', 'support']],
    ['Finance', 'finance', ['café', 'straße'], ['café', 'strasse']],
    ['Finance', 'finance', ['café', 'straße'], ['café', 'strasse']],
    [null, null, [], []],
    ['Finance', 'finance', ['straße'], ['strasse']],
    ['\u200b', '\u200b', ['\u200b'], ['\u200b']],
    ['FINANCE', 'finance', ['ｃａｆé'], ['café']],
  ];
  expect(await after()).toEqual(joined);
  expect((await db.selectFrom('favorites').select('prompt_id').execute()).map((row) => row.prompt_id)).toEqual([
    id(102),
  ]);
  expect((await db.selectFrom('users').select('name').where('id', '=', ann).executeTakeFirstOrThrow()).name).toBe(
    'Ann Müller',
  );
  const { up } = await import('../src/migrations/20261128T172001_join_equal_names.ts');
  await up(db as never);
  expect(await after()).toEqual(joined);
});

it('gives a key to the names that a release without keys still writes', async () => {
  const old = id(200);
  await sql`INSERT INTO prompts (id, user_id, slug, title, content, content_hash, category)
    VALUES (${old}, ${ann}, 'old', 'T', 'x', sha256(''::bytea), 'Ｆinance')`.execute(db);
  await sql`INSERT INTO tags (prompt_id, name) VALUES (${old}, 'cafe\u0301')`.execute(db);
  const keys = async () =>
    (
      await sql<{ category_key: string | null; name_key: string | null }>`
        SELECT category_key, name_key FROM prompts JOIN tags ON tags.prompt_id = prompts.id WHERE prompts.id = ${old}
      `.execute(db)
    ).rows;
  expect(await keys()).toEqual([{ category_key: 'finance', name_key: 'café' }]);
  await sql`UPDATE prompts SET category = 'Sales' WHERE id = ${old}`.execute(db);
  expect(await keys()).toMatchObject([{ category_key: 'sales' }]);
  await sql`UPDATE prompts SET category = NULL WHERE id = ${old}`.execute(db);
  expect(await keys()).toMatchObject([{ category_key: null }]);
});

it('refuses a prompt the same tag twice', async () => {
  const again = sql`INSERT INTO tags (prompt_id, name, name_key) VALUES (${id(100)}, 'CAFÉ', 'café')`.execute(db);
  await expect(again).rejects.toMatchObject({ constraint: 'tags_prompt_name_key' });
});
