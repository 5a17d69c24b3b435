import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE api_keys (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
      hint text NOT NULL CHECK (length(hint) <= 32),
      scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 7),
      group_id uuid REFERENCES groups ON DELETE CASCADE,
      calls_per_minute integer CHECK (calls_per_minute BETWEEN 1 AND 10000),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      expires_at timestamptz(3),
      last_used_at timestamptz(3),
      revoked_at timestamptz(3),
      CHECK (scopes <@ ARRAY['prompts:read', 'prompts:write', 'labels:write', 'groups:read', 'groups:write', 'usage:read', 'account:read'])
    )
  `.execute(db);
  await sql`CREATE INDEX api_keys_user ON api_keys (user_id, created_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX api_keys_group ON api_keys (group_id)`.execute(db);
  await sql`COMMENT ON TABLE api_keys IS 'Keys for programs: SHA-256 at rest, the text shown once'`.execute(db);
  await sql`COMMENT ON COLUMN api_keys.hint IS 'The first and last characters, to recognise a key by'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE api_keys`.execute(db);
}
