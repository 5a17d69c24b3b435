import { type Kysely, sql } from 'kysely';

/** Made beside writes, which an index that is built in a transaction would keep waiting. */
export const transaction = false;

// Counting what was there skips rows that others hold; a daily job counts those, and finds them without reading all.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS prompts_unmeasured ON prompts (id) WHERE stored_bytes IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS groups_unmarked ON groups (id) WHERE made_by IS NULL`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS groups_unmarked`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS prompts_unmeasured`.execute(db);
}
