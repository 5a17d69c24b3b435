import { type Kysely, sql } from 'kysely';

// By its times a row is kept or removed, so whoever has the application's connection may not choose them: an entry of the
// audit log has the database's time, a prompt goes into the trash now, and what removes prompts writes down that it does.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION public.time_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.occurred_at := clock_timestamp();
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.time_of_entry() IS 'An entry is of now, whatever the application says'`.execute(
    db,
  );
  await sql`
    CREATE FUNCTION public.is_of_application(of_table oid) RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT NOT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = of_table $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.is_of_application(oid) IS 'Whether the role that asks may not act as the owner of the table'`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER audit_log_time BEFORE INSERT ON audit_log FOR EACH ROW
    WHEN (public.is_of_application('public.audit_log'::regclass)) EXECUTE FUNCTION public.time_of_entry()
  `.execute(db);
  await sql`
    CREATE FUNCTION public.time_of_trash() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Clocks may differ by a little; no time that is there already becomes earlier.
      NEW.deleted_at := greatest(NEW.deleted_at,
        CASE WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NOT NULL THEN OLD.deleted_at
          ELSE clock_timestamp() - interval '5 minutes' END);
      RETURN NEW;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.time_of_trash() IS 'A prompt goes into the trash now, whatever the application says'`.execute(
    db,
  );
  await sql`
    CREATE TRIGGER prompts_new_trash_time BEFORE INSERT ON prompts FOR EACH ROW
    WHEN (NEW.deleted_at IS NOT NULL AND public.is_of_application('public.prompts'::regclass))
    EXECUTE FUNCTION public.time_of_trash()
  `.execute(db);
  await sql`
    CREATE TRIGGER prompts_trash_time BEFORE UPDATE OF deleted_at ON prompts FOR EACH ROW
    WHEN (NEW.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
      AND public.is_of_application('public.prompts'::regclass))
    EXECUTE FUNCTION public.time_of_trash()
  `.execute(db);

  const due = sql.raw(DUE);
  await sql`
    CREATE OR REPLACE FUNCTION public.purge_trash(horizon timestamptz, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
    BEGIN
      ${due}
      IF due IS NULL THEN
        RETURN 0;
      END IF;
      PERFORM remove_prompts(due);
      INSERT INTO audit_log (id, occurred_at, action, target_type, changes, details)
      VALUES (gen_random_uuid(), clock_timestamp(), 'prompt.purged', 'prompt', cardinality(due),
        jsonb_build_object('promptIds', to_jsonb(due)));
      RETURN cardinality(due);
    END $$
  `.execute(db);
  await sql`DROP FUNCTION public.purge_own_trash(uuid, uuid[])`.execute(db);
  await sql`
    CREATE FUNCTION public.purge_own_trash(owner uuid, chosen uuid[], entry jsonb DEFAULT '{}') RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
      kept integer := coalesce((entry ->> 'kept')::integer, cardinality(chosen));
    BEGIN
      ${sql.raw(DUE_OF_OWNER)}
      PERFORM remove_prompts(due);
      INSERT INTO audit_log (id, occurred_at, actor_id, action, target_type, target_id, request_id, ip)
      SELECT gen_random_uuid(), clock_timestamp(), owner, 'prompt.purged', 'prompt', id, entry ->> 'requestId', (entry ->> 'ip')::inet
      FROM unnest(due[1:kept]) AS id;
      IF cardinality(due) > kept THEN
        PERFORM roll_up_audit(jsonb_build_array(jsonb_build_object('actor_id', owner, 'action', 'prompt.purged',
          'target_type', 'prompt', 'changes', cardinality(due) - kept)));
      END IF;
      RETURN due;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.purge_own_trash(uuid, uuid[], jsonb) IS 'Removes of the chosen prompts those that are in the trash of the account, with their versions, and writes down so: entry has requestId, ip, and of how many an entry of its own is kept; answers which'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.purge_own_trash(uuid, uuid[], jsonb) FROM PUBLIC`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.purge_own_trash(uuid, uuid[], jsonb)`.execute(db);
  await sql`
    CREATE FUNCTION public.purge_own_trash(owner uuid, chosen uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
    BEGIN
      ${sql.raw(DUE_OF_OWNER)}
      PERFORM remove_prompts(due);
      RETURN due;
    END $$
  `.execute(db);
  await sql`REVOKE EXECUTE ON FUNCTION public.purge_own_trash(uuid, uuid[]) FROM PUBLIC`.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION public.purge_trash(horizon timestamptz, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
    BEGIN
      ${sql.raw(DUE)}
      IF due IS NULL THEN
        RETURN 0;
      END IF;
      PERFORM remove_prompts(due);
      RETURN cardinality(due);
    END $$
  `.execute(db);
  await sql`DROP TRIGGER prompts_trash_time ON prompts`.execute(db);
  await sql`DROP TRIGGER prompts_new_trash_time ON prompts`.execute(db);
  await sql`DROP TRIGGER audit_log_time ON audit_log`.execute(db);
  await sql`DROP FUNCTION public.time_of_trash(), public.time_of_entry(), public.is_of_application(oid)`.execute(db);
}

/** What either function may take, of what it locked: no more at once than a statement has time for, and one at least. */
const takes = (locked: string): string => `
        SELECT id, row_number() OVER these AS place, sum(version) OVER these AS versions, sum(stored_bytes) OVER these AS bytes
        FROM (${locked}) AS locked WINDOW these AS (ORDER BY deleted_at, id)
      ) AS counted WHERE place = 1 OR (versions <= 2000 AND coalesce(bytes, 0) <= 100000000);`;

const DUE = `SELECT array_agg(id) INTO due FROM (${takes(`
          SELECT id, deleted_at, version, stored_bytes FROM prompts
          WHERE deleted_at < least(horizon, now() - interval '30 days')
          ORDER BY deleted_at LIMIT at_most FOR UPDATE SKIP LOCKED
        `)}`;

const DUE_OF_OWNER = `SELECT coalesce(array_agg(id), '{}') INTO due FROM (${takes(`
          SELECT id, deleted_at, version, stored_bytes FROM prompts
          WHERE id = ANY (chosen) AND user_id = owner AND deleted_at IS NOT NULL ORDER BY id FOR UPDATE
        `)}`;
