import { type Kysely, sql } from 'kysely';

export const transaction = false;

// Of one owner what is in the trash, the oldest first: their list of it, and its end.
export async function up(db: Kysely<unknown>): Promise<void> {
  // It waits for older transactions, which hold it up and are not held up by it.
  await sql`SET lock_timeout = 0`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS prompts_own_trash`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY prompts_own_trash ON prompts (user_id, deleted_at) WHERE deleted_at IS NOT NULL`.execute(
    db,
  );
  await sql`RESET lock_timeout`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX IF EXISTS prompts_own_trash`.execute(db);
}
