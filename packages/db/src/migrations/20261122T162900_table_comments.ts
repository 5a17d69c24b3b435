import { type Kysely, sql } from 'kysely';

const ensurePartitions = (comment: string): ReturnType<typeof sql> => sql`
  CREATE OR REPLACE FUNCTION public.ensure_usage_partitions(months_ahead integer DEFAULT 2) RETURNS integer
  LANGUAGE plpgsql AS $$
  DECLARE
    first date;
    made integer := 0;
  BEGIN
    FOR i IN 0..months_ahead LOOP
      first := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i))::date;
      IF to_regclass(format('public.usage_events_%s', to_char(first, 'YYYYMM'))) IS NULL
        AND NOT EXISTS (SELECT FROM usage_events_rest
          WHERE occurred_at >= first::timestamp AT TIME ZONE 'UTC'
            AND occurred_at < (first + interval '1 month') AT TIME ZONE 'UTC')
      THEN
        EXECUTE format('CREATE TABLE public.usage_events_%s PARTITION OF public.usage_events FOR VALUES FROM (%L) TO (%L)',
          to_char(first, 'YYYYMM'), first::text || ' 00:00:00+00', (first + interval '1 month')::date::text || ' 00:00:00+00');
        ${sql.raw(comment)}
        made := made + 1;
      END IF;
    END LOOP;
    RETURN made;
  END $$
`;

// What is made while the server runs carries a comment like every other table.
export async function up(db: Kysely<unknown>): Promise<void> {
  await ensurePartitions(`EXECUTE format('COMMENT ON TABLE public.usage_events_%s IS %L',
          to_char(first, 'YYYYMM'), 'Uses of prompts in ' || to_char(first, 'YYYY-MM') || ' (UTC)');`).execute(db);
  await sql`
    DO $$
    DECLARE month record;
    BEGIN
      FOR month IN
        SELECT relname AS name, right(relname, 6) AS digits FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
        WHERE inhparent = 'public.usage_events'::regclass AND relname ~ '^usage_events_[0-9]{6}$'
      LOOP
        EXECUTE format('COMMENT ON TABLE public.%I IS %L', month.name,
          'Uses of prompts in ' || left(month.digits, 4) || '-' || right(month.digits, 2) || ' (UTC)');
      END LOOP;
    END $$
  `.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await ensurePartitions('').execute(db);
}
