import { type Kysely, sql } from 'kysely';

// Entries go after two years, and only by the owner's function: the application's role may delete none.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- A version goes with its prompt, and only so: by then the prompt is gone already.
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'prompt_versions' THEN
        IF NOT EXISTS (SELECT FROM public.prompts WHERE id = OLD.prompt_id) THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF OLD.occurred_at < now() - interval '730 days' THEN
          RETURN OLD;
        END IF;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
  await sql`
    CREATE FUNCTION public.purge_audit_log(horizon timestamptz, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      removed integer;
    BEGIN
      DELETE FROM audit_log WHERE id IN (
        SELECT id FROM audit_log WHERE occurred_at < least(horizon, now() - interval '730 days')
        ORDER BY occurred_at LIMIT at_most
      );
      GET DIAGNOSTICS removed = ROW_COUNT;
      RETURN removed;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.purge_audit_log(timestamptz, integer) IS 'Removes entries of before the horizon, and of more than two years ago in any case; answers how many'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.purge_audit_log(timestamptz, integer) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.purge_audit_log(timestamptz, integer)`.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- A version goes with its prompt, and only so: by then the prompt is gone already.
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'prompt_versions' THEN
        IF NOT EXISTS (SELECT FROM public.prompts WHERE id = OLD.prompt_id) THEN
          RETURN OLD;
        END IF;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}
