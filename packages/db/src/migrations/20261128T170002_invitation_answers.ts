import { type Kysely, sql } from 'kysely';

// What became of an invitation is kept for a while, for who sent it. One that is there already can be answered for thirty days
// from now on.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE group_invitations
      ADD COLUMN expires_at timestamptz(3) NOT NULL DEFAULT now() + interval '30 days',
      ADD COLUMN answer text CHECK (answer IN ('accepted', 'declined')),
      ADD COLUMN answered_at timestamptz(3)
  `.execute(db);
  await sql`ALTER TABLE group_invitations ADD CONSTRAINT group_invitations_answered CHECK ((answer IS NULL) = (answered_at IS NULL)) NOT VALID`.execute(
    db,
  );
  await sql`COMMENT ON TABLE group_invitations IS 'Addresses that were invited to a group before an account counted as theirs, and what became of it'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN group_invitations.expires_at IS 'Until when it can be answered; a month later it is removed'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DELETE FROM group_invitations WHERE answer IS NOT NULL`.execute(db);
  await sql`ALTER TABLE group_invitations DROP COLUMN answered_at, DROP COLUMN answer, DROP COLUMN expires_at`.execute(
    db,
  );
  await sql`COMMENT ON TABLE group_invitations IS 'Addresses without a verified account: they become members once verified'`.execute(
    db,
  );
}
