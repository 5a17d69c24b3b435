import { type Kysely, sql } from 'kysely';

/** Made beside writes, which an index that is built in a transaction would keep waiting. */
export const transaction = false;

// Whatever a reference names is looked for in the trash of its owner, where it keeps others from being meant.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE INDEX CONCURRENTLY IF NOT EXISTS prompts_trashed_slug ON prompts (user_id, trashed_slug) WHERE deleted_at IS NOT NULL
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS prompts_trashed_slug`.execute(db);
}
