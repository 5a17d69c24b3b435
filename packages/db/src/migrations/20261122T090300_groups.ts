import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE groups (
      id uuid PRIMARY KEY,
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      description text NOT NULL DEFAULT '' CHECK (length(description) <= 5000),
      user_id uuid NOT NULL REFERENCES users ON DELETE RESTRICT,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    )
  `.execute(db);
  await sql`CREATE INDEX groups_owner ON groups (user_id, updated_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX groups_updated ON groups (updated_at DESC, id DESC)`.execute(db);
  await sql`COMMENT ON TABLE groups IS 'An ordered, shareable collection of prompts; user_id is its owner'`.execute(db);

  // Deferred, so that one statement may move many positions through each other.
  await sql`
    CREATE TABLE group_prompts (
      group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      position integer NOT NULL CHECK (position >= 0),
      added_by uuid REFERENCES users ON DELETE SET NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (group_id, prompt_id),
      UNIQUE (group_id, position) DEFERRABLE INITIALLY DEFERRED
    )
  `.execute(db);
  await sql`CREATE INDEX group_prompts_prompt ON group_prompts (prompt_id, group_id, added_by)`.execute(db);
  await sql`CREATE INDEX group_prompts_added_by ON group_prompts (added_by)`.execute(db);
  await sql`COMMENT ON TABLE group_prompts IS 'Positions are 0 to n-1 without gaps. Only an entry its prompt''s owner added grants access'`.execute(
    db,
  );

  await sql`
    CREATE TABLE group_members (
      group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      role text NOT NULL CHECK (role IN ('viewer', 'editor')),
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (group_id, user_id)
    )
  `.execute(db);
  await sql`CREATE INDEX group_members_user ON group_members (user_id, group_id, role)`.execute(db);
  await sql`COMMENT ON TABLE group_members IS 'Whom a group is shared with; its owner is not listed here'`.execute(db);

  await sql`
    CREATE TABLE group_invitations (
      id uuid PRIMARY KEY,
      group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
      email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
      role text NOT NULL CHECK (role IN ('viewer', 'editor')),
      invited_by uuid REFERENCES users ON DELETE SET NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      UNIQUE (group_id, email)
    )
  `.execute(db);
  await sql`CREATE INDEX group_invitations_email ON group_invitations (email)`.execute(db);
  await sql`CREATE INDEX group_invitations_by ON group_invitations (invited_by)`.execute(db);
  await sql`COMMENT ON TABLE group_invitations IS 'Addresses without a verified account: they become members once verified'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE group_invitations, group_members, group_prompts, groups`.execute(db);
}
