import { type Kysely, sql } from 'kysely';

// Who still runs which version: counts by day would have to be added up for each question.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE version_uses (
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      version integer NOT NULL CHECK (version >= 1),
      consumer text COLLATE "C" NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
      uses bigint NOT NULL CHECK (uses >= 0),
      first_used_at timestamptz(3) NOT NULL,
      last_used_at timestamptz(3) NOT NULL,
      PRIMARY KEY (prompt_id, version, consumer)
    )
  `.execute(db);
  await sql`
    INSERT INTO version_uses (prompt_id, version, consumer, uses, first_used_at, last_used_at)
    SELECT prompt_id, version, consumer, sum(uses),
      min(day)::timestamp AT TIME ZONE 'UTC', max(day)::timestamp AT TIME ZONE 'UTC'
    FROM usage_daily GROUP BY 1, 2, 3
  `.execute(db);
  await sql`CREATE INDEX version_uses_last ON version_uses (last_used_at)`.execute(db);
  await sql`COMMENT ON TABLE version_uses IS 'Which consumer has used which version of a prompt, since when and until when'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN version_uses.consumer IS 'web, the name of a key of the prompt''s owner, or somebody''s program and a number'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE version_uses`.execute(db);
}
