import { type Kysely, sql } from 'kysely';

// An entry may speak of many changes of one hour. Only the owner's function counts them up, and nothing else of a row changes.
export const transaction = false;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS changes integer NOT NULL DEFAULT 1`.execute(db);
  await sql`ALTER TABLE audit_log DROP CONSTRAINT IF EXISTS audit_log_changes_check`.execute(db);
  await sql`ALTER TABLE audit_log ADD CONSTRAINT audit_log_changes_check CHECK (changes > 0) NOT VALID`.execute(db);
  await sql`ALTER TABLE audit_log VALIDATE CONSTRAINT audit_log_changes_check`.execute(db);
  await refusing(db, { counts: true });
  await sql`
    CREATE OR REPLACE FUNCTION public.roll_up_audit(further jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      -- The id says of whom, of what and of which hour it is, so that a row is found by its key. UUID, version 8.
      INSERT INTO audit_log AS entry (id, occurred_at, actor_id, action, target_type, changes)
      SELECT overlay(overlay(md5(concat_ws('|', actor_id, action, target_type, hour)) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid,
        hour, actor_id, action, target_type, sum(counted.changes)
      FROM jsonb_to_recordset(further) AS counted (actor_id uuid, action text, target_type text, changes integer),
        date_trunc('hour', now(), 'UTC') AS hour
      GROUP BY hour, actor_id, action, target_type ORDER BY 1
      ON CONFLICT (id) DO UPDATE SET changes = entry.changes + excluded.changes
      WHERE entry.target_id IS NULL
        AND (entry.actor_id, entry.action, entry.target_type, entry.occurred_at)
          = (excluded.actor_id, excluded.action, excluded.target_type, excluded.occurred_at);
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.roll_up_audit(jsonb) IS 'Counts changes in one entry for each account, action, kind of target and hour: {actor_id, action, target_type, changes}'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.roll_up_audit(jsonb) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION IF EXISTS public.roll_up_audit(jsonb)`.execute(db);
  await refusing(db, { counts: false });
  await sql`ALTER TABLE audit_log DROP COLUMN IF EXISTS changes`.execute(db);
}

async function refusing(db: Kysely<unknown>, { counts }: { counts: boolean }): Promise<void> {
  const counted = sql.raw(`
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF NEW.changes > OLD.changes AND OLD.target_id IS NULL
          AND to_jsonb(NEW) - 'changes' = to_jsonb(OLD) - 'changes' THEN
          RETURN NEW;
        END IF;
      END IF;`);
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('prompt_versions', 'label_moves') THEN
        IF NOT EXISTS (SELECT FROM public.prompts WHERE id = OLD.prompt_id) THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF OLD.occurred_at < now() - interval '730 days' THEN
          RETURN OLD;
        END IF;
      END IF;${counts ? counted : sql``}
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}
