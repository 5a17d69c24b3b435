import { type Kysely, sql } from 'kysely';

// A key may have two million uses. As a reference each had to be written when the key was removed, by whoever revoked another one, or
// deleted the group that it was for; of entries of the log and moves of labels the key is no reference either.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE usage_events DROP CONSTRAINT usage_events_api_key_id_fkey`.execute(db);
  await sql`DROP INDEX usage_events_key`.execute(db);
  await sql`COMMENT ON COLUMN usage_events.api_key_id IS 'By which key, that may be gone meanwhile; null for a session'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX usage_events_key ON usage_events (api_key_id)`.execute(db);
  await sql`
    UPDATE usage_events SET api_key_id = NULL
    WHERE api_key_id IS NOT NULL AND NOT EXISTS (SELECT FROM api_keys WHERE api_keys.id = usage_events.api_key_id)
  `.execute(db);
  await sql`
    ALTER TABLE usage_events ADD CONSTRAINT usage_events_api_key_id_fkey
    FOREIGN KEY (api_key_id) REFERENCES api_keys ON DELETE SET NULL
  `.execute(db);
  await sql`COMMENT ON COLUMN usage_events.api_key_id IS NULL`.execute(db);
}
