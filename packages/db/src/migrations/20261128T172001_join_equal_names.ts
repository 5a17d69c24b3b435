import { type Kysely, sql } from 'kysely';
import { nameKey } from '../names/name-key.ts';

/** Batches that are committed one by one, so that writes wait for a hundred rows at most. */
export const transaction = false;

const OWNERS_A_BATCH = 200;
const ROWS_A_BATCH = 100;

/** A name as it stands, and what becomes of it. */
interface Spelling {
  readonly name: string;
  readonly spelt: string;
  readonly key: string;
}

// Of each owner's tags and categories, those that are one name become the one that the oldest prompt has; a tag that a
// prompt then has twice stays once. Done again, it changes nothing.
export async function up(db: Kysely<unknown>): Promise<void> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM users WHERE id > ${last}::uuid ORDER BY id LIMIT ${OWNERS_A_BATCH}
    `.execute(db);
    for (const { id } of rows) await joinOwner(db, id);
    const end = rows.at(-1);
    if (end === undefined) break;
    last = end.id;
  }
  await composeNames(db);
}

async function joinOwner(db: Kysely<unknown>, owner: string): Promise<void> {
  const categories = await sql<{ name: string }>`
    SELECT category AS name FROM prompts WHERE user_id = ${owner}::uuid AND category IS NOT NULL
    GROUP BY category ORDER BY min(id::text), category COLLATE "C"
  `.execute(db);
  for (const spelling of spellings(categories.rows)) await writeCategory(db, owner, spelling);
  const tags = await sql<{ name: string }>`
    SELECT tags.name FROM tags JOIN prompts ON prompts.id = tags.prompt_id WHERE prompts.user_id = ${owner}::uuid
    GROUP BY tags.name ORDER BY min(prompts.id::text), tags.name COLLATE "C"
  `.execute(db);
  for (const spelling of spellings(tags.rows)) await writeTag(db, owner, spelling);
}

/** The first of those that are one gives its spelling, composed (NFC) where that fits in what a column takes. */
function spellings(oldestFirst: readonly { readonly name: string }[]): Spelling[] {
  const first = new Map<string, string>();
  return oldestFirst.map(({ name }) => {
    const key = nameKey(name);
    const composed = name.normalize('NFC');
    const spelt = first.get(key) ?? (composed.length <= name.length ? composed : name);
    first.set(key, spelt);
    return { name, spelt, key };
  });
}

async function writeCategory(db: Kysely<unknown>, owner: string, { name, spelt, key }: Spelling): Promise<void> {
  await untilNone(() =>
    sql`
      WITH batch AS (
        SELECT id FROM prompts WHERE user_id = ${owner}::uuid AND category = ${name}
          AND (category, category_key) IS DISTINCT FROM (${spelt}, ${key})
        ORDER BY id LIMIT ${ROWS_A_BATCH} FOR NO KEY UPDATE
      )
      UPDATE prompts SET category = ${spelt}, category_key = ${key} FROM batch WHERE prompts.id = batch.id
    `.execute(db),
  );
}

async function writeTag(db: Kysely<unknown>, owner: string, { name, spelt, key }: Spelling): Promise<void> {
  await untilNone(() =>
    sql`
      WITH batch AS (
        SELECT prompts.id FROM prompts JOIN tags ON tags.prompt_id = prompts.id
        WHERE prompts.user_id = ${owner}::uuid AND tags.name = ${name}
          AND (tags.name, tags.name_key, tags.user_id) IS DISTINCT FROM (${spelt}, ${key}, ${owner}::uuid)
        ORDER BY prompts.id LIMIT ${ROWS_A_BATCH} FOR NO KEY UPDATE OF prompts
      ), renamed AS (
        DELETE FROM tags USING batch WHERE tags.prompt_id = batch.id AND tags.name = ${name} AND ${name} <> ${spelt}
      )
      INSERT INTO tags (prompt_id, name, name_key, user_id) SELECT id, ${spelt}, ${key}, ${owner}::uuid FROM batch
      ON CONFLICT (prompt_id, name) DO UPDATE SET name_key = excluded.name_key, user_id = excluded.user_id
    `.execute(db),
  );
}

/** What else has a name: people, groups and keys, each name by itself. Titles belong to versions, which never change. */
async function composeNames(db: Kysely<unknown>): Promise<void> {
  for (const table of ['users', 'groups', 'api_keys']) {
    await untilNone(() =>
      sql`
        WITH batch AS (
          SELECT id FROM ${sql.table(table)}
          WHERE name IS NOT NFC NORMALIZED AND length(normalize(name, NFC)) <= length(name)
          LIMIT ${ROWS_A_BATCH} FOR NO KEY UPDATE
        )
        UPDATE ${sql.table(table)} AS named SET name = normalize(named.name, NFC) FROM batch WHERE named.id = batch.id
      `.execute(db),
    );
  }
}

async function untilNone(step: () => Promise<{ readonly numAffectedRows?: bigint }>): Promise<void> {
  while (((await step()).numAffectedRows ?? 0n) > 0n);
}

/** What was joined stays joined. */
export async function down(): Promise<void> {}
