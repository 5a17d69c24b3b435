import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE usage_events (
      id uuid NOT NULL,
      occurred_at timestamptz(3) NOT NULL,
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      version integer NOT NULL CHECK (version >= 1),
      user_id uuid REFERENCES users ON DELETE SET NULL,
      api_key_id uuid REFERENCES api_keys ON DELETE SET NULL,
      kind text NOT NULL CHECK (kind IN ('read', 'copy', 'render', 'resolve')),
      consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
      PRIMARY KEY (occurred_at, id)
    ) PARTITION BY RANGE (occurred_at)
  `.execute(db);
  await sql`CREATE TABLE usage_events_rest PARTITION OF usage_events DEFAULT`.execute(db);
  await sql`CREATE INDEX usage_events_user ON usage_events (user_id, occurred_at DESC, id DESC)`.execute(db);
  await sql`CREATE INDEX usage_events_prompt ON usage_events (prompt_id, occurred_at DESC)`.execute(db);
  await sql`CREATE INDEX usage_events_key ON usage_events (api_key_id)`.execute(db);
  await sql`COMMENT ON TABLE usage_events IS 'Each use of a prompt, partitioned by month (UTC)'`.execute(db);
  await sql`COMMENT ON TABLE usage_events_rest IS 'Catches what no month takes, so that no use is lost'`.execute(db);

  // Made ahead by a daily job; a month that already has rows in the default partition stays there.
  await sql`
    CREATE FUNCTION public.ensure_usage_partitions(months_ahead integer DEFAULT 2) RETURNS integer
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
          made := made + 1;
        END IF;
      END LOOP;
      RETURN made;
    END $$
  `.execute(db);
  await sql`COMMENT ON FUNCTION public.ensure_usage_partitions(integer) IS 'Makes this month''s partition and those ahead; answers how many were made'`.execute(
    db,
  );
  await sql`SELECT public.ensure_usage_partitions()`.execute(db);

  await sql`
    CREATE TABLE usage_daily (
      prompt_id uuid NOT NULL REFERENCES prompts ON DELETE CASCADE,
      day date NOT NULL,
      version integer NOT NULL CHECK (version >= 1),
      consumer text NOT NULL CHECK (length(consumer) BETWEEN 1 AND 100),
      uses bigint NOT NULL CHECK (uses >= 0),
      PRIMARY KEY (prompt_id, day, version, consumer)
    )
  `.execute(db);
  await sql`COMMENT ON TABLE usage_daily IS 'Uses of each prompt by day (UTC), version and consumer, kept with the events'`.execute(
    db,
  );

  await sql`
    CREATE TABLE prompt_totals (
      prompt_id uuid PRIMARY KEY REFERENCES prompts ON DELETE CASCADE,
      uses bigint NOT NULL DEFAULT 0 CHECK (uses >= 0),
      last_used_at timestamptz(3)
    )
  `.execute(db);
  await sql`CREATE INDEX prompt_totals_uses ON prompt_totals (uses DESC, prompt_id DESC)`.execute(db);
  await sql`COMMENT ON TABLE prompt_totals IS 'Uses of each prompt in all, for sorting; no row means none'`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`DROP TABLE prompt_totals, usage_daily, usage_events`.execute(db);
  await sql`DROP FUNCTION public.ensure_usage_partitions(integer)`.execute(db);
}
