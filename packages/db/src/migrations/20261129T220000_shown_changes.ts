import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, type RawBuilder, sql } from 'kysely';

// What a prompt shows beside what its versions and names say, reported as `changes` has it: as `shown:<id>`, and whether somebody has it
// among their favourites as `favorite:<user>/<id>`. Triggers of three tables are added one by one, each beside writes.
export const transaction = false;

/** Topics in one row at most, so that none is long. */
const MOST_TOPICS = 200;
const LOCK_NOT_AVAILABLE = '55P03';
const ATTEMPTS = 40;

interface Reported {
  readonly table: string;
  /** Of a row that is called `r`. */
  readonly topic: string;
  /** Columns of which a change matters. */
  readonly update: readonly string[];
  /** Of which a change is reported anyhow, as one of all that the row says. */
  readonly told?: readonly string[];
  readonly comesAndGoes?: true;
}

const reported: Readonly<Record<string, Reported>> = {
  shown_prompts: {
    table: 'prompts',
    topic: "'shown:' || r.id",
    update: [
      ...['title', 'description', 'kind', 'category', 'is_template', 'created_at', 'updated_at', 'content_hash'],
      ...['sent_version', 'output_version', 'origin_prompt_id', 'origin_version'],
    ],
    told: ['version', 'slug', 'trashed_slug', 'visibility', 'deleted_at', 'user_id'],
  },
  tags: {
    table: 'tags',
    topic: "'shown:' || r.prompt_id",
    update: ['prompt_id', 'name', 'name_key'],
    comesAndGoes: true,
  },
  favorites: {
    table: 'favorites',
    topic: "'favorite:' || r.user_id || '/' || r.prompt_id",
    update: ['user_id', 'prompt_id'],
    comesAndGoes: true,
  },
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, of] of Object.entries(reported)) {
    await reportingFunction(name, of).execute(db);
    for (const event of eventsOf(of)) await patiently(() => trigger(name, event, of).execute(db));
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const [name, of] of Object.entries(reported)) {
    for (const event of eventsOf(of))
      await patiently(() => sql`DROP TRIGGER IF EXISTS ${nameOf(name, event)} ON ${sql.table(of.table)}`.execute(db));
    await sql`DROP FUNCTION IF EXISTS ${functionOf(name)}()`.execute(db);
  }
}

type Event = 'INSERT' | 'UPDATE' | 'DELETE';

const functionOf = (name: string) => sql.id('public', `report_${name}`);
const nameOf = (name: string, event: Event) => sql.id(`${name}_reports_${event.toLowerCase()}`);
const eventsOf = ({ comesAndGoes }: Reported): Event[] => [
  'UPDATE',
  ...(comesAndGoes ? (['INSERT', 'DELETE'] as const) : []),
];

/** As the owner: the application may read what was reported, and make none of it up. */
const reportingFunction = (name: string, { topic }: Reported): RawBuilder<unknown> => sql`
  CREATE OR REPLACE FUNCTION ${functionOf(name)}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      INSERT INTO changes (topics)
      SELECT array_agg(DISTINCT ${sql.raw(topic)}) FROM (SELECT OLD.* UNION ALL SELECT NEW.*) AS r;
    ELSE
      INSERT INTO changes (topics)
      SELECT array_agg(topic) FROM (
        SELECT topic, (row_number() OVER () - 1) / ${sql.lit(MOST_TOPICS)} AS part
        FROM (SELECT DISTINCT ${sql.raw(topic)} AS topic FROM changed AS r) AS topics
      ) AS parts GROUP BY part;
    END IF;
    RETURN NULL;
  END $$
`;

/** A row that is updated is looked at before anything is called; of many that come or go at once a few rows tell. */
function trigger(name: string, event: Event, { table, update, told = [] }: Reported): RawBuilder<unknown> {
  const make = sql`CREATE OR REPLACE TRIGGER ${nameOf(name, event)} AFTER ${sql.raw(event)} ON ${sql.table(table)}`;
  const call = sql`EXECUTE FUNCTION ${functionOf(name)}()`;
  if (event === 'UPDATE') {
    const isTold = told.length === 0 ? '' : ` AND NOT ${differs(told)}`;
    return sql`${make} FOR EACH ROW WHEN (${sql.raw(`${differs(update)}${isTold}`)}) ${call}`;
  }
  const rows = sql.raw(event === 'INSERT' ? 'NEW' : 'OLD');
  return sql`${make} REFERENCING ${rows} TABLE AS changed FOR EACH STATEMENT ${call}`;
}

const differs = (columns: readonly string[]): string =>
  `((${columns.map((column) => `OLD.${column}`).join(', ')}) IS DISTINCT FROM (${columns.map((column) => `NEW.${column}`).join(', ')}))`;

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
