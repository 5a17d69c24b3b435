import { type Kysely, sql } from 'kysely';

export const transaction = false;

// An import asks for the prompts of one content in order, from one on, those in the trash left out. The new index serves
// what the old one did.
export async function up(db: Kysely<unknown>): Promise<void> {
  await replaceIndex(db, 'prompts_content', sql`(user_id, content_hash, deleted_at, id)`, 'prompts_content_hash');
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await replaceIndex(db, 'prompts_content_hash', sql`(user_id, content_hash)`, 'prompts_content');
}

/** Builds one beside all reads and writes, then takes the other away. What an interrupted build left is made again. */
async function replaceIndex(
  db: Kysely<unknown>,
  name: string,
  columns: ReturnType<typeof sql>,
  old: string,
): Promise<void> {
  // It waits for older transactions, which hold it up and are not held up by it.
  await sql`SET lock_timeout = 0`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS ${sql.ref(name)}`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY ${sql.ref(name)} ON prompts ${columns}`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS ${sql.ref(old)}`.execute(db);
  await sql`RESET lock_timeout`.execute(db);
}
