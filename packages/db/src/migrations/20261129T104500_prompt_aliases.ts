import { type Kysely, sql } from 'kysely';

// Programs that came from another system name a prompt as they did there.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE prompt_aliases (
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      alias text COLLATE "C" NOT NULL CHECK (length(alias) <= 150 AND alias ~ '^[a-z0-9][a-z0-9_/-]*$'),
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      created_at timestamptz(3) NOT NULL,
      PRIMARY KEY (user_id, alias)
    )
  `.execute(db);
  await sql`CREATE INDEX prompt_aliases_prompt ON prompt_aliases (prompt_id)`.execute(db);
  await sql`COMMENT ON TABLE prompt_aliases IS 'What other systems call a prompt: references that name no slug are looked up here'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE prompt_aliases`.execute(db);
}
