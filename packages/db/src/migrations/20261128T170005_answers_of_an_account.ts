import { type Kysely, sql } from 'kysely';

/** Its indexes are made beside writes. */
export const transaction = false;

// Stored answers are counted by account, and what is old is found without reading all.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE idempotency_keys ADD COLUMN IF NOT EXISTS user_id uuid REFERENCES users ON DELETE CASCADE`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN idempotency_keys.user_id IS 'Whose call it was; null for answers of a release before'`.execute(
    db,
  );
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS idempotency_keys_user ON idempotency_keys (user_id, created_at DESC)`.execute(
    db,
  );
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS usage_daily_day ON usage_daily (day)`.execute(db);
  await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS api_keys_revoked ON api_keys (user_id, revoked_at DESC) WHERE revoked_at IS NOT NULL`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX CONCURRENTLY IF EXISTS api_keys_revoked`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS usage_daily_day`.execute(db);
  await sql`DROP INDEX CONCURRENTLY IF EXISTS idempotency_keys_user`.execute(db);
  await sql`ALTER TABLE idempotency_keys DROP COLUMN IF EXISTS user_id`.execute(db);
}
