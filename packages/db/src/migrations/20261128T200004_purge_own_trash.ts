import { type Kysely, sql } from 'kysely';

// Removing prompts is the owner's of the database. Whoever owns a prompt may have it done before its 30 days are over: the
// function for that removes what is in the trash of one account and is named, and nothing else. Both take no more at once
// than a statement has time for, and one prompt at least.
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION public.remove_prompts(due uuid[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      changed uuid[];
    BEGIN
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
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.remove_prompts(uuid[]) IS 'Removes prompts with their versions, and closes the gaps in groups; for the functions that know which may go'`.execute(
    db,
  );
  await sql`
    CREATE OR REPLACE FUNCTION public.purge_trash(horizon timestamptz, at_most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
    BEGIN
      SELECT array_agg(id) INTO due FROM (
        SELECT id, row_number() OVER these AS place, sum(version) OVER these AS versions, sum(stored_bytes) OVER these AS bytes
        FROM (
          SELECT id, deleted_at, version, stored_bytes FROM prompts
          WHERE deleted_at < least(horizon, now() - interval '30 days')
          ORDER BY deleted_at LIMIT at_most FOR UPDATE SKIP LOCKED
        ) AS locked WINDOW these AS (ORDER BY deleted_at, id)
      ) AS counted WHERE place = 1 OR (versions <= 2000 AND coalesce(bytes, 0) <= 100000000);
      IF due IS NULL THEN
        RETURN 0;
      END IF;
      PERFORM remove_prompts(due);
      RETURN cardinality(due);
    END $$
  `.execute(db);
  await sql`
    CREATE FUNCTION public.purge_own_trash(owner uuid, chosen uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      due uuid[];
    BEGIN
      SELECT coalesce(array_agg(id), '{}') INTO due FROM (
        SELECT id, row_number() OVER these AS place, sum(version) OVER these AS versions, sum(stored_bytes) OVER these AS bytes
        FROM (
          SELECT id, deleted_at, version, stored_bytes FROM prompts
          WHERE id = ANY (chosen) AND user_id = owner AND deleted_at IS NOT NULL ORDER BY id FOR UPDATE
        ) AS locked WINDOW these AS (ORDER BY deleted_at, id)
      ) AS counted WHERE place = 1 OR (versions <= 2000 AND coalesce(bytes, 0) <= 100000000);
      PERFORM remove_prompts(due);
      RETURN due;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.purge_own_trash(uuid, uuid[]) IS 'Removes of the chosen prompts those that are in the trash of the account, with their versions; answers which'`.execute(
    db,
  );
  await sql`REVOKE EXECUTE ON FUNCTION public.purge_own_trash(uuid, uuid[]), public.remove_prompts(uuid[]) FROM PUBLIC`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP FUNCTION public.purge_own_trash(uuid, uuid[])`.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION public.purge_trash(horizon timestamptz, at_most integer) RETURNS integer
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
  await sql`DROP FUNCTION public.remove_prompts(uuid[])`.execute(db);
}
