import { type Kysely, sql } from 'kysely';

/** Made beside writes, which an index that is built in a transaction would keep waiting. */
export const transaction = false;

export async function up(db: Kysely<unknown>): Promise<void> {
  // The list of who is invited, and the job that removes what is long over.
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS group_invitations_open ON group_invitations (email, created_at DESC, id DESC) WHERE answer IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS group_invitations_end ON group_invitations (expires_at)`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS group_invitations_end`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS group_invitations_open`.execute(db);
}
