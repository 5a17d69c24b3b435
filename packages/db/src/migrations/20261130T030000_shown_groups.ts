import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';

// What a group shows beside its name, its members and what it holds, reported as `changes` has it: its description and the order of its
// prompts, as `shown:<id>`. Triggers of two tables are added one by one, each beside writes.
export const transaction = false;

/** Topics in one row at most, so that none is long. */
const MOST_TOPICS = 200;
const LOCK_NOT_AVAILABLE = '55P03';
const ATTEMPTS = 40;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION public.report_shown_groups() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      INSERT INTO changes (topics) VALUES (ARRAY['shown:' || NEW.id]);
      RETURN NULL;
    END $$
  `.execute(db);
  // Of all entries that one statement has moved a few rows tell.
  await sql`
    CREATE OR REPLACE FUNCTION public.report_group_orders() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      INSERT INTO changes (topics)
      SELECT array_agg(topic) FROM (
        SELECT topic, (row_number() OVER () - 1) / ${sql.lit(MOST_TOPICS)} AS part
        FROM (
          SELECT DISTINCT 'shown:' || later.group_id AS topic
          FROM earlier JOIN later USING (group_id, prompt_id) WHERE earlier.position <> later.position
        ) AS topics
      ) AS parts GROUP BY part;
      RETURN NULL;
    END $$
  `.execute(db);
  await patiently(() =>
    sql`
      CREATE OR REPLACE TRIGGER shown_groups_reports_update AFTER UPDATE ON groups
      FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description)
      EXECUTE FUNCTION public.report_shown_groups()
    `.execute(db),
  );
  await patiently(() =>
    sql`
      CREATE OR REPLACE TRIGGER group_orders_reports_update AFTER UPDATE ON group_prompts
      REFERENCING OLD TABLE AS earlier NEW TABLE AS later FOR EACH STATEMENT
      EXECUTE FUNCTION public.report_group_orders()
    `.execute(db),
  );
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await patiently(() => sql`DROP TRIGGER IF EXISTS group_orders_reports_update ON group_prompts`.execute(db));
  await patiently(() => sql`DROP TRIGGER IF EXISTS shown_groups_reports_update ON groups`.execute(db));
  await sql`DROP FUNCTION IF EXISTS public.report_group_orders()`.execute(db);
  await sql`DROP FUNCTION IF EXISTS public.report_shown_groups()`.execute(db);
}

/** Waits for a lock a little each time, so that nobody who writes waits long. */
async function patiently(run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== LOCK_NOT_AVAILABLE || attempt === ATTEMPTS) throw error;
      await sleep(200 + Math.random() * 500);
    }
  }
}
