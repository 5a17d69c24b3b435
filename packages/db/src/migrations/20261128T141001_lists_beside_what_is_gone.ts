import { type Kysely, sql } from 'kysely';

export const transaction = false;

// Keys that were revoked stay for the log, and a list of the live ones read all of them. Invitations are listed by their
// time within a group.
export async function up(db: Kysely<unknown>): Promise<void> {
  // It waits for older transactions, which hold it up and are not held up by it.
  await sql`SET lock_timeout = 0`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS api_keys_live`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY api_keys_live ON api_keys (user_id, created_at DESC, id DESC) WHERE revoked_at IS NULL`.execute(
    db,
  );
  await sql`DROP INDEX CONCURRENTLY IF EXISTS group_invitations_recent`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY group_invitations_recent ON group_invitations (group_id, created_at DESC, id DESC)`.execute(
    db,
  );
  await sql`RESET lock_timeout`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX IF EXISTS group_invitations_recent, api_keys_live`.execute(db);
}
