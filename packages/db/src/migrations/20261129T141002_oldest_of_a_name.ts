import { type Kysely, sql } from 'kysely';

export const transaction = false;

// A name is shown as the oldest prompt has it that somebody may see.
const indexes = {
  prompts_category_oldest: 'ON prompts (category_key, visibility, id) WHERE deleted_at IS NULL',
  tags_oldest: 'ON tags (name_key, is_public, prompt_id) WHERE is_live',
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
