import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE user_totp (
      user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      sealed_key bytea NOT NULL CHECK (length(sealed_key) BETWEEN 32 AND 256),
      started_at timestamptz(3) NOT NULL,
      confirmed_at timestamptz(3),
      last_step integer,
      CHECK ((confirmed_at IS NULL) = (last_step IS NULL))
    )
  `.execute(db);
  await sql`COMMENT ON TABLE user_totp IS 'Second factors: a key shared with an authenticator, encrypted, in force once confirmed, and the time step of the last code taken'`.execute(
    db,
  );

  await sql`
    CREATE TABLE recovery_codes (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES user_totp ON DELETE CASCADE,
      sealed_hash bytea NOT NULL CHECK (length(sealed_hash) BETWEEN 32 AND 256),
      created_at timestamptz(3) NOT NULL
    )
  `.execute(db);
  await sql`CREATE INDEX recovery_codes_user ON recovery_codes (user_id)`.execute(db);
  await sql`COMMENT ON TABLE recovery_codes IS 'What opens an account whose authenticator is lost: hashed, encrypted, a row for each code not yet used'`.execute(
    db,
  );

  await sql`ALTER TABLE sessions ADD COLUMN second_factor_at timestamptz(3)`.execute(db);

  // What is there was checked by the narrower rule; the next migration looks, without keeping writers out.
  await sql`ALTER TABLE auth_attempts DROP CONSTRAINT auth_attempts_kind_check`.execute(db);
  await sql`
    ALTER TABLE auth_attempts ADD CONSTRAINT auth_attempts_kind_check CHECK (
      kind IN ('register', 'login', 'refresh', 'forgot_password', 'reset_password', 'verify_email', 'change_password', 'second_factor')
    ) NOT VALID
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DELETE FROM auth_attempts WHERE kind = 'second_factor'`.execute(db);
  await sql`ALTER TABLE auth_attempts DROP CONSTRAINT auth_attempts_kind_check`.execute(db);
  await sql`
    ALTER TABLE auth_attempts ADD CONSTRAINT auth_attempts_kind_check CHECK (
      kind IN ('register', 'login', 'refresh', 'forgot_password', 'reset_password', 'verify_email', 'change_password')
    )
  `.execute(db);
  await sql`ALTER TABLE sessions DROP COLUMN second_factor_at`.execute(db);
  await sql`DROP TABLE recovery_codes, user_totp`.execute(db);
}
