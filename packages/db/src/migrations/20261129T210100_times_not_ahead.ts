import { type Kysely, sql } from 'kysely';

// By these times jobs remove rows, and rows count for an account until then: one in the future would stay for as long as a
// server's clock was wrong, or as whoever has its connection likes. Five minutes are left to clocks that differ.
const TIMES = [
  ['api_keys', 'revoked_at'],
  ['idempotency_keys', 'created_at'],
  ['running_imports', 'seen_at'],
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION public.time_not_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], clock_timestamp()));
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.time_not_ahead() IS 'A time that has not come is taken for now, whatever the application says'`.execute(
    db,
  );
  for (const [table, column] of TIMES) {
    const [name, at] = [sql.table(table), sql.ref(column)];
    await sql`UPDATE ${name} SET ${at} = now() WHERE ${at} > now() + interval '5 minutes'`.execute(db);
    await sql`
      CREATE OR REPLACE TRIGGER ${sql.ref(`${table}_not_ahead`)} BEFORE INSERT OR UPDATE OF ${at} ON ${name} FOR EACH ROW
      WHEN (NEW.${at} > clock_timestamp() + interval '5 minutes'
        AND public.is_of_application(${sql.lit(`public.${table}`)}::regclass))
      EXECUTE FUNCTION public.time_not_ahead(${sql.lit(column)})
    `.execute(db);
  }
  await sql`UPDATE prompts SET deleted_at = now() WHERE deleted_at > now() + interval '5 minutes'`.execute(db);
  await timeOfTrash(db, { isBounded: true });
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await timeOfTrash(db, { isBounded: false });
  for (const [table] of TIMES)
    await sql`DROP TRIGGER ${sql.ref(`${table}_not_ahead`)} ON ${sql.table(table)}`.execute(db);
  await sql`DROP FUNCTION public.time_not_ahead()`.execute(db);
}

async function timeOfTrash(db: Kysely<unknown>, { isBounded }: { isBounded: boolean }): Promise<void> {
  const earliest = sql`greatest(NEW.deleted_at,
        CASE WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NOT NULL THEN OLD.deleted_at
          ELSE clock_timestamp() - interval '5 minutes' END)`;
  await sql`
    CREATE OR REPLACE FUNCTION public.time_of_trash() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- Clocks may differ by a little; no time that is there already becomes earlier.
      NEW.deleted_at := ${isBounded ? sql`least(${earliest}, clock_timestamp() + interval '5 minutes')` : earliest};
      RETURN NEW;
    END $$
  `.execute(db);
}
