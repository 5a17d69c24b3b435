import { type Kysely, sql } from 'kysely';

// A row for each import from its beginning to its end, whichever server it runs on. One whose process died is known by its
// silence: an import that runs says so with each batch.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE running_imports (
      id uuid PRIMARY KEY,
      user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
      seen_at timestamptz(3) NOT NULL
    )
  `.execute(db);
  await sql`CREATE INDEX running_imports_user ON running_imports (user_id, seen_at)`.execute(db);
  await sql`COMMENT ON TABLE running_imports IS 'Imports that run at the moment, counted against how many an account may have at once'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE running_imports`.execute(db);
}
