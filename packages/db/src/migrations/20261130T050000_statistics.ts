import { type Kysely, sql } from 'kysely';

// What happened, by quarters of an hour, and what there was on each day: administrators are shown both without anything being
// counted for them. Some is counted of rows by a job, the rest is added by servers, as it leaves no rows.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE counted_events (
      since timestamptz(3) NOT NULL,
      kind text COLLATE "C" NOT NULL CHECK (kind IN ('registered', 'signed_in', 'sign_in_failed', 'prompt_created',
        'version_created', 'label_moved', 'used', 'job_failed', 'mail_sent', 'mail_failed', 'limit_refused')),
      detail text COLLATE "C" NOT NULL CHECK (length(detail) <= 100),
      amount bigint NOT NULL CHECK (amount >= 0),
      PRIMARY KEY (since, kind, detail)
    )
  `.execute(db);
  await sql`COMMENT ON TABLE counted_events IS 'How often what happened within each quarter of an hour; kept for eight days'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN counted_events.detail IS 'Why a sign-in failed, how a prompt was used, which job failed, which limit refused; else empty'`.execute(
    db,
  );
  await sql`
    CREATE TABLE daily_statistics (
      day date PRIMARY KEY,
      taken_at timestamptz(3) NOT NULL,
      totals jsonb NOT NULL CHECK (jsonb_typeof(totals) = 'object'),
      happened jsonb CHECK (jsonb_typeof(happened) = 'object'),
      backup_made_at timestamptz(3),
      backup_stored_at timestamptz(3)
    )
  `.execute(db);
  await sql`COMMENT ON TABLE daily_statistics IS 'What there was on each day (UTC), as counted last, and what happened on it; kept for two years'`.execute(
    db,
  );
  await sql`COMMENT ON COLUMN daily_statistics.happened IS 'Null until the day is over'`.execute(db);
  await sql`COMMENT ON COLUMN daily_statistics.backup_made_at IS 'The newest that a server knew of then'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE daily_statistics, counted_events`.execute(db);
}
