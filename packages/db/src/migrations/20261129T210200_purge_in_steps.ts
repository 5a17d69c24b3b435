import { type Kysely, sql } from 'kysely';

// A prompt may have more versions than one statement removes in its time. Such a one is marked as being removed, by a time of
// deletion long past, with which nothing restores it and the daily job takes it first; then its versions go in steps.
const REMOVING = sql`'epoch'::timestamptz`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await refusing(db, { steps: true });
  await timeOfTrash(db, { steps: true });
  await sql`
    CREATE OR REPLACE FUNCTION public.remove_versions(owner uuid, chosen uuid[], at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      many uuid[];
      versions integer;
      moves integer;
    BEGIN
      SELECT array_agg(id) INTO many FROM (
        SELECT id FROM prompts
        WHERE id = ANY (chosen) AND CASE WHEN owner IS NULL
          THEN deleted_at < now() - interval '30 days' ELSE deleted_at IS NOT NULL AND user_id = owner END
        ORDER BY id FOR UPDATE
      ) AS locked
      WHERE (SELECT count(*) > at_most FROM (SELECT FROM prompt_versions WHERE prompt_id = locked.id LIMIT at_most + 1) AS counted)
        OR (SELECT count(*) > at_most FROM (SELECT FROM label_moves WHERE prompt_id = locked.id LIMIT at_most + 1) AS counted);
      IF many IS NULL THEN
        RETURN 0;
      END IF;
      UPDATE prompts SET deleted_at = ${REMOVING} WHERE id = ANY (many) AND deleted_at <> ${REMOVING};
      DELETE FROM label_moves WHERE id IN (SELECT id FROM label_moves WHERE prompt_id = ANY (many) LIMIT at_most);
      GET DIAGNOSTICS moves = ROW_COUNT;
      DELETE FROM prompt_versions USING (
        SELECT prompt_id, version FROM prompt_versions WHERE prompt_id = ANY (many) LIMIT at_most
      ) AS first WHERE (prompt_versions.prompt_id, prompt_versions.version) = (first.prompt_id, first.version);
      GET DIAGNOSTICS versions = ROW_COUNT;
      RETURN versions + moves;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.remove_versions(uuid, uuid[], integer) IS 'Of the chosen prompts in the trash of an account, or for 30 days in that of anybody, begins to remove those with more versions or moves of labels than at_most, for good; answers how many rows went, none where what is left goes with its prompt'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.remove_versions(uuid, uuid[], integer) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.remove_versions(uuid, uuid[], integer)`.execute(db);
  await timeOfTrash(db, { steps: false });
  await refusing(db, { steps: false });
}

async function refusing(db: Kysely<unknown>, { steps }: { steps: boolean }): Promise<void> {
  const unless = steps ? sql` AND deleted_at IS DISTINCT FROM ${REMOVING}` : sql``;
  await sql`
    CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('prompt_versions', 'label_moves') THEN
        IF NOT EXISTS (SELECT FROM public.prompts WHERE id = OLD.prompt_id${unless}) THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF OLD.occurred_at < now() - interval '730 days' THEN
          RETURN OLD;
        END IF;
      END IF;
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_log' AND TG_LEVEL = 'ROW' THEN
        IF NEW.changes > OLD.changes AND OLD.target_id IS NULL
          AND to_jsonb(NEW) - 'changes' = to_jsonb(OLD) - 'changes' THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION '% rows are never changed (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END $$
  `.execute(db);
}

/** With steps, what is being removed stays so; without, the trigger is asked only where a time is set. */
async function timeOfTrash(db: Kysely<unknown>, { steps }: { steps: boolean }): Promise<void> {
  const stays = sql`IF TG_OP = 'UPDATE' AND OLD.deleted_at = ${REMOVING} THEN
        NEW.deleted_at := OLD.deleted_at;
        RETURN NEW;
      END IF;`;
  await sql`
    CREATE OR REPLACE FUNCTION public.time_of_trash() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      ${steps ? stays : sql``}
      -- Clocks may differ by a little; no time that is there already becomes earlier.
      NEW.deleted_at := least(greatest(NEW.deleted_at,
        CASE WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NOT NULL THEN OLD.deleted_at
          ELSE clock_timestamp() - interval '5 minutes' END), clock_timestamp() + interval '5 minutes');
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`
    CREATE OR REPLACE TRIGGER prompts_trash_time BEFORE UPDATE OF deleted_at ON prompts FOR EACH ROW
    WHEN (${steps ? sql`(NEW.deleted_at IS NOT NULL OR OLD.deleted_at = ${REMOVING})` : sql`NEW.deleted_at IS NOT NULL`}
      AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at AND public.is_of_application('public.prompts'::regclass))
    EXECUTE FUNCTION public.time_of_trash()
  `.execute(db);
}
