import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // No foreign keys: an entry outlives what it speaks of.
  await sql`
    CREATE TABLE audit_log (
      id uuid PRIMARY KEY,
      occurred_at timestamptz(3) NOT NULL DEFAULT now(),
      actor_id uuid,
      api_key_id uuid,
      action text NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
      target_type text NOT NULL CHECK (length(target_type) BETWEEN 1 AND 50),
      target_id uuid,
      details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
      request_id text CHECK (length(request_id) <= 100),
      ip inet
    )
  `.execute(db);
  await sql`CREATE INDEX audit_log_time ON audit_log (occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX audit_log_actor ON audit_log (actor_id, occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX audit_log_target ON audit_log (target_id, occurred_at DESC, id DESC)`.execute(db);
  await sql`
    CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
  await sql`
    CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()
  `.execute(db);
  await sql`COMMENT ON TABLE audit_log IS 'Who did what to what, written in the transaction that did it; append-only'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE audit_log`.execute(db);
}
