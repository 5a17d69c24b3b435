import { type Kysely, sql } from 'kysely';

export const transaction = false;

const live = 'deleted_at IS NULL';
const indexes = {
  prompts_public_created: `ON prompts (created_at DESC, id DESC) WHERE visibility = 'public' AND ${live}`,
  prompts_public_title: `ON prompts (search_title, id) WHERE visibility = 'public' AND ${live}`,
  prompts_public_category: `ON prompts (category_key, updated_at DESC, id DESC) WHERE visibility = 'public' AND ${live}`,
  prompts_public_templates: `ON prompts (updated_at DESC, id DESC) WHERE is_template AND visibility = 'public' AND ${live}`,
  prompt_totals_public: 'ON prompt_totals (uses DESC, prompt_id DESC) WHERE is_public',
  tags_live: 'ON tags (name_key, listed_at DESC, prompt_id DESC) WHERE is_live',
  tags_public: 'ON tags (name_key, listed_at DESC, prompt_id DESC) WHERE is_public',
  group_prompts_given: 'ON group_prompts (group_id, added_by, prompt_id)',
} as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  // It waits for older transactions, which hold it up and are not held up by it.
  await sql`SET lock_timeout = 0`.execute(db);
  for (const [name, what] of Object.entries(indexes)) {
    await sql`DROP INDEX CONCURRENTLY IF EXISTS ${sql.id(name)}`.execute(db);
    await sql`CREATE INDEX CONCURRENTLY ${sql.id(name)} ${sql.raw(what)}`.execute(db);
  }
  await sql`RESET lock_timeout`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const name of Object.keys(indexes)) await sql`DROP INDEX IF EXISTS ${sql.id(name)}`.execute(db);
}
