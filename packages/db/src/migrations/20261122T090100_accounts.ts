import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE users (
      id uuid PRIMARY KEY,
      email text NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      avatar_url text CHECK (length(avatar_url) <= 2048),
      handle text NOT NULL UNIQUE CHECK (handle ~ '^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$'),
      role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
      email_verified_at timestamptz(3),
      preferences jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object'),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    )
  `.execute(db);
  await sql`CREATE INDEX users_created ON users (created_at, id)`.execute(db);
  await sql`CREATE INDEX users_admins ON users (id) WHERE role = 'admin'`.execute(db);
  await sql`COMMENT ON TABLE users IS 'People. The e-mail address is kept as the one normaliser makes it'`.execute(db);

  await sql`
    CREATE TABLE user_passwords (
      user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      hash text NOT NULL CHECK (length(hash) <= 512),
      changed_at timestamptz(3) NOT NULL DEFAULT now()
    )
  `.execute(db);
  await sql`COMMENT ON TABLE user_passwords IS 'Argon2id hashes, apart from users so that no query on users can return one'`.execute(
    db,
  );

  await sql`
    CREATE TABLE sessions (
      id uuid PRIMARY KEY,
      secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      refresh_hash bytea NOT NULL CHECK (length(refresh_hash) = 32),
      previous_refresh_hash bytea CHECK (length(previous_refresh_hash) = 32),
      rotation_salt bytea CHECK (length(rotation_salt) = 32),
      rotated_at timestamptz(3),
      carrier text NOT NULL CHECK (carrier IN ('token', 'cookie')),
      ip inet,
      user_agent text CHECK (length(user_agent) <= 512),
      created_at timestamptz(3) NOT NULL,
      last_used_at timestamptz(3) NOT NULL,
      idle_expires_at timestamptz(3) NOT NULL,
      absolute_expires_at timestamptz(3) NOT NULL,
      CHECK (idle_expires_at <= absolute_expires_at)
    )
  `.execute(db);
  await sql`CREATE INDEX sessions_user ON sessions (user_id, created_at DESC, id)`.execute(db);
  await sql`CREATE INDEX sessions_expiry ON sessions (idle_expires_at)`.execute(db);
  await sql`COMMENT ON TABLE sessions IS 'Signed-in devices. Only SHA-256 hashes of the session secret and its refresh tokens'`.execute(
    db,
  );

  await sql`
    CREATE TABLE email_tokens (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
      email text NOT NULL CHECK (length(email) <= 254),
      token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
      created_at timestamptz(3) NOT NULL,
      expires_at timestamptz(3) NOT NULL
    )
  `.execute(db);
  await sql`CREATE INDEX email_tokens_user ON email_tokens (user_id, purpose)`.execute(db);
  await sql`CREATE INDEX email_tokens_expiry ON email_tokens (expires_at)`.execute(db);
  await sql`COMMENT ON TABLE email_tokens IS 'Single-use links sent by mail, hashed; a row is deleted when used or replaced'`.execute(
    db,
  );

  await sql`
    CREATE TABLE auth_attempts (
      id uuid PRIMARY KEY,
      kind text NOT NULL CHECK (kind IN ('register', 'login', 'refresh', 'forgot_password', 'reset_password', 'verify_email', 'change_password')),
      succeeded boolean NOT NULL,
      reason text CHECK (length(reason) <= 100),
      email text CHECK (length(email) <= 254),
      user_id uuid REFERENCES users ON DELETE SET NULL,
      ip inet,
      user_agent text CHECK (length(user_agent) <= 512),
      occurred_at timestamptz(3) NOT NULL
    )
  `.execute(db);
  await sql`CREATE INDEX auth_attempts_time ON auth_attempts (occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX auth_attempts_email ON auth_attempts (email, occurred_at DESC)`.execute(db);
  await sql`CREATE INDEX auth_attempts_user ON auth_attempts (user_id)`.execute(db);
  await sql`COMMENT ON TABLE auth_attempts IS 'Every attempt to prove who one is, and how it ended'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE auth_attempts, email_tokens, sessions, user_passwords, users`.execute(db);
}
