import { type Kysely, sql } from 'kysely';

// What a version promises follows from it, and from how the language is read. A table of its own, for versions never change;
// what is missing or of an earlier reading is worked out by whoever reads it first.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE prompt_signatures (
      prompt_id uuid NOT NULL,
      version integer NOT NULL,
      language integer NOT NULL CHECK (language >= 1),
      inputs json CHECK (json_typeof(inputs) = 'object'),
      conflicts json NOT NULL DEFAULT '[]' CHECK (json_typeof(conflicts) = 'array'),
      fault json CHECK (json_typeof(fault) = 'object'),
      PRIMARY KEY (prompt_id, version),
      FOREIGN KEY (prompt_id, version) REFERENCES prompt_versions ON DELETE CASCADE,
      CHECK ((inputs IS NULL) <> (fault IS NULL))
    )
  `.execute(db);
  await sql`COMMENT ON TABLE prompt_signatures IS 'What each version takes, or why its text is no template; made anew where it is missing'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_signatures.language IS 'By which reading of the prompt language; of another it counts for nothing'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN prompt_signatures.inputs IS 'JSON Schema of all inputs'`.execute(db);
  await sql`COMMENT ON COLUMN prompt_signatures.conflicts IS 'Where the declared inputs and the text do not fit'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE prompt_signatures`.execute(db);
}
