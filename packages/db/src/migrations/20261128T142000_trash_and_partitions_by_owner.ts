import { type Kysely, sql } from 'kysely';

// What the application's own role may not do by itself, the owner's functions do for it, within their limits.

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
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);

  await sql`
    CREATE FUNCTION public.purge_trash(horizon timestamptz, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
      changed uuid[];
    BEGIN
      SELECT array_agg(id) INTO due FROM (
        SELECT id FROM prompts WHERE deleted_at < least(horizon, now() - interval '30 days')
        ORDER BY deleted_at LIMIT at_most FOR UPDATE SKIP LOCKED
      ) AS locked;
      IF due IS NULL THEN
        RETURN 0;
      END IF;
      -- The order of a group changes only under its row's lock.
      SELECT array_agg(id) INTO changed FROM (
        SELECT id FROM groups WHERE id IN (SELECT group_id FROM group_prompts WHERE prompt_id = ANY (due))
        ORDER BY id FOR UPDATE
      ) AS locked;
      DELETE FROM prompts WHERE id = ANY (due);
      UPDATE group_prompts SET position = moved.position
      FROM (
        SELECT group_id, prompt_id, row_number() OVER (PARTITION BY group_id ORDER BY position) - 1 AS position
        FROM group_prompts WHERE group_id = ANY (changed)
      ) AS moved
      WHERE group_prompts.group_id = moved.group_id AND group_prompts.prompt_id = moved.prompt_id
        AND group_prompts.position <> moved.position;
      RETURN cardinality(due);
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.purge_trash(timestamptz, integer) IS 'Removes prompts that were in the trash before the horizon, and for 30 days in any case, with their versions; answers how many'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.purge_trash(timestamptz, integer) FROM PUBLIC`.execute(db);

  await sql`ALTER FUNCTION public.ensure_usage_partitions(integer) SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.ensure_usage_partitions(integer) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`GRANT EXECUTE ON FUNCTION public.ensure_usage_partitions(integer) TO PUBLIC`.execute(db);
  await sql`ALTER FUNCTION public.ensure_usage_partitions(integer) SECURITY INVOKER RESET search_path`.execute(db);
  await sql`DROP FUNCTION public.purge_trash(timestamptz, integer)`.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND current_setting('promptory.purge', true) = 'on' THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}
