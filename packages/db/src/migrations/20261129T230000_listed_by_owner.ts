import { type Kysely, sql } from 'kysely';

export const transaction = false;

// What groups give is read by whose it is: all that lists filter, sort and count by stands in the index, so that of thousands of
// prompts that somebody was given no row is read but those of the page.
const indexes = {
  prompts_listed: `ON prompts (user_id, id)
    INCLUDE (updated_at, created_at, search_title, category_key, visibility, is_template) WHERE deleted_at IS NULL`,
  tags_listed: 'ON tags (user_id, prompt_id, name_key) INCLUDE (is_public) WHERE is_live',
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
