import type { AccountRecord, ChatMessage } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { isoTime } from '../../../views/iso-time.ts';
import { fittingCount } from '../../../views/prompt-page.ts';
import { storedContent } from '../../../views/stored-content.ts';
import { storedDocument, storedOutputSchema } from '../../../views/stored-document.ts';
import { isOneOfVersions } from '../../../views/version-view.ts';
import { paged, pages } from './pages.ts';
import type { RecordOf } from './record-of.ts';

const PROMPTS_A_QUERY = 100;
const ROWS_A_QUERY = 500;
/** Of versions that are read at once, unless one is larger. */
const BYTES_A_QUERY = 65_536;

/** The prompts of an account, those in the trash last, each hundred with all that belongs to them. */
export async function* ownPrompts(db: Db, userId: string): AsyncGenerator<AccountRecord> {
  for (const trashed of [false, true]) {
    const hundreds = pages<RecordOf<'prompt'>>(PROMPTS_A_QUERY, (after) =>
      listPrompts(db, userId, { trashed, after: after?.id }),
    );
    for await (const prompts of hundreds) {
      yield* prompts;
      const ids = prompts.map(({ id }) => id);
      yield* versions(db, ids);
      yield* labels(db, ids);
      yield* moves(db, ids);
      yield* usesByDay(db, ids);
    }
  }
}

function listPrompts(
  db: Db,
  userId: string,
  { trashed, after }: { trashed: boolean; after: string | undefined },
): Promise<RecordOf<'prompt'>[]> {
  let query = db
    .selectFrom('prompts')
    .select(['id', 'category', 'is_template as isTemplate', 'version'])
    .select(['created_at as createdAt', 'updated_at as updatedAt', 'deleted_at as trashedAt'])
    .select([
      sql<'prompt'>`'prompt'`.as('type'),
      sql<string>`coalesce(trashed_slug, slug)`.as('slug'),
      sql<RecordOf<'prompt'>['kind']>`kind`.as('kind'),
      sql<RecordOf<'prompt'>['visibility']>`visibility`.as('visibility'),
      sql<RecordOf<'prompt'>['origin']>`json_build_object('promptId', origin_prompt_id, 'version', origin_version)`.as(
        'origin',
      ),
      sql<string[]>`ARRAY(SELECT tags.name FROM tags WHERE tags.prompt_id = prompts.id ORDER BY tags.name_key)`.as(
        'tags',
      ),
      sql<string[]>`ARRAY(
        SELECT alias FROM prompt_aliases WHERE prompt_aliases.prompt_id = prompts.id ORDER BY alias LIMIT 1000
      )`.as('aliases'),
    ])
    .where('user_id', '=', userId)
    .where('deleted_at', trashed ? 'is not' : 'is', null)
    .orderBy('id')
    .limit(PROMPTS_A_QUERY);
  if (after !== undefined) query = query.where('id', '>', after);
  return query.execute();
}

interface VersionKey {
  readonly place: number;
  readonly promptId: string;
  readonly version: number;
  readonly bytes: number;
}

/** In two steps: first keys with their sizes, then as many texts as may wait at once. */
async function* versions(db: Db, ids: readonly string[]): AsyncGenerator<RecordOf<'version'>> {
  const keys = paged<VersionKey>(ROWS_A_QUERY, (after, limit) =>
    eachOf(
      db,
      ids,
      { after, limit, by: sql`version` },
      (from) => sql`
      SELECT prompt_id AS "promptId", version,
        octet_length(content) + octet_length(description) + 8 * coalesce(pg_column_size(messages), 0)
          + 8 * pg_column_size(config) + 8 * coalesce(pg_column_size(input_schema), 0)
          + 8 * coalesce(octet_length(output_schema::text), 0) AS bytes
      FROM prompt_versions WHERE prompt_id = wanted.id AND version > (${from(after?.version, 0)})::integer
      ORDER BY version LIMIT ${limit}`,
    ),
  );
  let waiting: VersionKey[] = [];
  let bytes = 0;
  for await (const key of keys) {
    if (waiting.length > 0 && fittingCount([{ bytes: bytes + key.bytes }, { bytes: 0 }], BYTES_A_QUERY) === 1) {
      yield* await readVersions(db, waiting);
      waiting = [];
      bytes = 0;
    }
    waiting.push(key);
    bytes += key.bytes;
  }
  if (waiting.length > 0) yield* await readVersions(db, waiting);
}

const readVersions = (db: Db, keys: readonly VersionKey[]): Promise<RecordOf<'version'>[]> =>
  db
    .selectFrom('prompt_versions')
    .innerJoin('users as author', 'author.id', 'prompt_versions.author_id')
    .select(['prompt_id as promptId', 'version', 'title', 'description', 'change_note as changeNote'])
    .select(['author.handle as author', 'prompt_versions.created_at as createdAt'])
    .select([
      sql<'version'>`'version'`.as('type'),
      storedContent('prompt_versions').as('content'),
      storedDocument<ChatMessage[] | null>('prompt_versions', 'messages').as('messages'),
      storedDocument<RecordOf<'version'>['config']>('prompt_versions', 'config').as('config'),
      storedDocument<RecordOf<'version'>['inputSchema']>('prompt_versions', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompt_versions').as('outputSchema'),
    ])
    .where(isOneOfVersions(keys))
    .orderBy('prompt_id')
    .orderBy('version')
    .execute();

async function* labels(db: Db, ids: readonly string[]): AsyncGenerator<RecordOf<'label'>> {
  yield* await db
    .selectFrom('prompt_labels')
    .select(['prompt_id as promptId', 'label', 'version', 'is_protected as isProtected'])
    .select(sql<'label'>`'label'`.as('type'))
    .where(sql<boolean>`prompt_id = ANY(${ids}::uuid[])`)
    .orderBy('prompt_id')
    .orderBy('label')
    .execute();
}

type Placed<Row> = Row & { readonly place: number };

async function* moves(db: Db, ids: readonly string[]): AsyncGenerator<RecordOf<'labelMove'>> {
  type Move = Placed<RecordOf<'labelMove'>> & { readonly number: number };
  const rows = paged<Move>(ROWS_A_QUERY, (after, limit) =>
    eachOf(
      db,
      ids,
      { after, limit, by: sql`number` },
      (from) => sql`
      SELECT 'labelMove' AS type, label_moves.id, number, prompt_id AS "promptId", label, from_version AS "from", to_version AS "to",
        mover.handle AS "movedBy", ${isoTime('label_moves.moved_at')} AS "movedAt", reason, is_breaking AS "isBreaking"
      FROM label_moves JOIN users AS mover ON mover.id = moved_by
      WHERE prompt_id = wanted.id AND number > (${from(after?.number, 0)})::integer ORDER BY number LIMIT ${limit}`,
    ),
  );
  for await (const { place: _, number: __, ...move } of rows) yield move;
}

async function* usesByDay(db: Db, ids: readonly string[]): AsyncGenerator<RecordOf<'usageByDay'>> {
  const rows = paged<Placed<RecordOf<'usageByDay'>>>(ROWS_A_QUERY, (after, limit) =>
    eachOf(
      db,
      ids,
      { after, limit, by: sql`day, version, consumer` },
      (from) => sql`
      SELECT 'usageByDay' AS type, prompt_id AS "promptId", day::text AS day, version, consumer, uses FROM usage_daily
      WHERE prompt_id = wanted.id
        AND (day, version, consumer) > ((${from(after?.day, '-infinity')})::date, (${from(after?.version, 0)})::integer, (${from(after?.consumer, '')})::text)
      ORDER BY day, version, consumer LIMIT ${limit}`,
    ),
  );
  for await (const { place: _, ...day } of rows) yield day;
}

interface Place {
  readonly place: number;
}

/** What comes behind the row at which the page before ended: its own value within its prompt, and the first one within the others. */
type From = (value: string | number | undefined, first: string | number) => RawBuilder<unknown>;

/** Rows of each of some prompts, in their order: `select` gives those of `wanted.id`, ordered by `by`. */
async function eachOf<Row extends Place>(
  db: Db,
  ids: readonly string[],
  { after, limit, by }: { after: Row | undefined; limit: number; by: RawBuilder<unknown> },
  select: (from: From) => RawBuilder<unknown>,
): Promise<Row[]> {
  const place = after?.place ?? 0;
  const { rows } = await sql<Row>`
    SELECT wanted.place, rows.*
    FROM (
      SELECT id, (place - 1)::integer AS place FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS given (id, place)
    ) AS wanted, LATERAL (${select((value, first) =>
      value === undefined
        ? sql`${first}`
        : sql`CASE WHEN wanted.place = ${place}::integer THEN ${value} ELSE ${first} END`,
    )}) AS rows
    WHERE wanted.place >= ${place}::integer ORDER BY wanted.place, ${by} LIMIT ${limit}
  `.execute(db);
  return rows;
}
