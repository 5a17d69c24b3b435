import { type Kysely, sql } from 'kysely';

// What a version includes is settled when it is saved: by number, or by a label that is followed from then on.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE prompt_includes (
      prompt_id uuid NOT NULL,
      version integer NOT NULL,
      name text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
      included_prompt_id uuid REFERENCES prompts ON DELETE SET NULL,
      included_version integer CHECK (included_version >= 1),
      label text COLLATE "C" CHECK (length(label) BETWEEN 1 AND 36),
      PRIMARY KEY (prompt_id, version, name),
      FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions ON DELETE CASCADE
    )
  `.execute(db);
  await sql`CREATE INDEX prompt_includes_included ON prompt_includes (included_prompt_id, prompt_id, version)`.execute(
    db,
  );
  await sql`COMMENT ON TABLE prompt_includes IS 'What each version of a prompt includes, by the reference that its text writes'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_includes.included_prompt_id IS 'Null where the reference named nothing that its author may read, or what it named is purged'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_includes.included_version IS 'The version that is pinned; null where a label is followed'`.execute(
    db,
  );
  await sql`ALTER TABLE prompt_signatures ADD COLUMN included text NOT NULL DEFAULT '' CHECK (length(included) <= 64)`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_signatures.included IS 'Digest of the versions that were included when it was worked out; with others it counts for nothing'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE prompt_signatures DROP COLUMN included`.execute(db);
  await sql`DROP TABLE prompt_includes`.execute(db);
}
