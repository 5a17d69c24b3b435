import { type Kysely, sql } from 'kysely';

export const transaction = false;

// Those of the names themselves serve the release before this one, and go with it.
const indexes = {
  prompts_category_key: 'ON prompts (category_key, updated_at DESC, id DESC) WHERE deleted_at IS NULL',
  prompts_own_category_key: 'ON prompts (user_id, category_key, id) WHERE category_key IS NOT NULL',
  tags_name_key: 'ON tags (name_key, prompt_id)',
  tags_own_name_key: 'ON tags (user_id, name_key, prompt_id)',
} as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  // It waits for older transactions, which hold it up and are not held up by it.
  await sql`SET lock_timeout = 0`.execute(db);
  for (const [name, what] of Object.entries(indexes)) {
    await sql`DROP INDEX CONCURRENTLY IF EXISTS ${sql.id(name)}`.execute(db);
    await sql`CREATE INDEX CONCURRENTLY ${sql.id(name)} ${sql.raw(what)}`.execute(db);
  }
  await sql`DROP INDEX CONCURRENTLY IF EXISTS tags_prompt_name_key`.execute(db);
  await sql`CREATE UNIQUE INDEX CONCURRENTLY tags_prompt_name_key ON tags (prompt_id, name_key)`.execute(db);
  await sql`RESET lock_timeout`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    DROP INDEX IF EXISTS tags_prompt_name_key, tags_own_name_key, tags_name_key, prompts_own_category_key, prompts_category_key
  `.execute(db);
}
