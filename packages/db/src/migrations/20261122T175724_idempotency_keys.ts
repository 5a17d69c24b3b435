import { type Kysely, sql } from 'kysely';

// No foreign key: the row would lock its user, in another order than the action whose answer it holds.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE idempotency_keys (
      key_hash bytea PRIMARY KEY CHECK (length(key_hash) = 32),
      sealed_answer bytea NOT NULL CHECK (length(sealed_answer) BETWEEN 28 AND 4194304),
      created_at timestamptz(3) NOT NULL
    )
  `.execute(db);
  await sql`CREATE INDEX idempotency_keys_time ON idempotency_keys (created_at)`.execute(db);
  await sql`ALTER TABLE idempotency_keys ALTER COLUMN sealed_answer SET STORAGE EXTERNAL`.execute(db);
  await sql`COMMENT ON TABLE idempotency_keys IS 'What creating calls with an Idempotency-Key were answered, for a day; written with their effect'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN idempotency_keys.key_hash IS 'SHA-256 of caller, procedure and key'`.execute(db);
  await sql`COMMENT ON COLUMN idempotency_keys.sealed_answer IS 'AES-256-GCM under a key made from the Idempotency-Key and a secret of the server: input hash and answer'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE idempotency_keys`.execute(db);
}
