import { type Kysely, sql } from 'kysely';

// What is counted up says by which API key it was done, as entries of their own do.
export async function up(db: Kysely<unknown>): Promise<void> {
  await rollUp(db, { byKey: true });
  await sql`COMMENT ON FUNCTION public.roll_up_audit(jsonb) IS 'Counts changes in one entry for each account, API key, action, kind of target and hour: {actor_id, api_key_id, action, target_type, changes}'`.execute(
    db,
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await rollUp(db, { byKey: false });
  await sql`COMMENT ON FUNCTION public.roll_up_audit(jsonb) IS 'Counts changes in one entry for each account, action, kind of target and hour: {actor_id, action, target_type, changes}'`.execute(
    db,
  );
}

async function rollUp(db: Kysely<unknown>, { byKey }: { byKey: boolean }): Promise<void> {
  // Its place in the id is the last, and nothing where there is none: rows of before go on being counted up.
  const key = byKey ? sql`, api_key_id` : sql``;
  const keyColumn = byKey ? sql` api_key_id uuid,` : sql``;
  await sql`
    CREATE OR REPLACE FUNCTION public.roll_up_audit(further jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      -- The id says of whom, of what and of which hour it is, so that a row is found by its key. UUID, version 8.
      INSERT INTO audit_log AS entry (id, occurred_at, actor_id, action, target_type${key}, changes)
      SELECT overlay(overlay(md5(concat_ws('|', actor_id, action, target_type, hour${key})) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid,
        hour, actor_id, action, target_type${key}, sum(counted.changes)
      FROM jsonb_to_recordset(further) AS counted (actor_id uuid,${keyColumn} action text, target_type text, changes integer),
        date_trunc('hour', now(), 'UTC') AS hour
      GROUP BY hour, actor_id, action, target_type${key} ORDER BY 1
      ON CONFLICT (id) DO UPDATE SET changes = entry.changes + excluded.changes
      WHERE entry.target_id IS NULL
        AND (entry.actor_id, entry.action, entry.target_type, entry.occurred_at)
          = (excluded.actor_id, excluded.action, excluded.target_type, excluded.occurred_at)
        ${byKey ? sql`AND entry.api_key_id IS NOT DISTINCT FROM excluded.api_key_id` : sql``};
    END $$
  `.execute(db);
}
