import { type Kysely, sql } from 'kysely';

/** Beside writes: there may be millions of versions. */
export const transaction = false;

// How many versions were made and labels moved within an hour, without looking at those of all prompts.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS prompt_versions_created ON prompt_versions (created_at) INCLUDE (version)`.execute(
    db,
  );
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS label_moves_moved ON label_moves (moved_at)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS label_moves_moved`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS prompt_versions_created`.execute(db);
}
