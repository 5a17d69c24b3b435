// Tags and categories with the numbers of prompts that a caller may read. Numbers are kept, of each owner and of everybody:
// what others have made public is all that is public less one's own. What groups give is different for everyone and is looked
// up, but for the names of one page. So no count goes through a tenant, and none tells of a prompt that the caller may not read.
import { nameKey, type Page, plannedForValues, toPage } from '@promptory/db';
import type { ListCountsInput, NameCount } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { readablePrompts } from '../../../access/visibility.ts';
import type { Who } from '../../../context.ts';
import { type ListContext, listCursor } from '../../../views/list-cursor.ts';
import { holding } from '../../../views/name-contains.ts';
import { givenByOthers, givers, isGiven } from './given-prompts.ts';

type Kind = 'tag' | 'category';
type Row = NameCount & { readonly key: string };
type Scope = 'own' | 'everybody';

/** The id under which the names of all are counted. */
const EVERYBODY = '00000000-0000-0000-0000-000000000000';

/**
 * By name, each as the oldest prompt has it that the caller may read. `q` is looked for in names, without case or accents.
 * @throws InvalidCursorError
 */
export async function listNames(ctx: ListContext, kind: Kind, input: ListCountsInput): Promise<Page<NameCount>> {
  const list = kind === 'tag' ? 'tags' : 'categories';
  const { after, limit, cursorOf } = listCursor(ctx, list, input);
  const [from = null] = after ?? [];
  const asked = { who: ctx.who, kind, limit, behind: from === null ? null : String(from), q: input.q ?? '' };
  const { rows } = await (ctx.who.groupId === null ? keptNames(asked) : namesInGroup(asked)).execute(ctx.db);
  const { items, nextCursor } = toPage(rows, limit, (last) => cursorOf([last.key]));
  return { items: items.map(({ name, promptCount }) => ({ name, promptCount })), nextCursor };
}

interface Asked {
  readonly who: Who;
  readonly kind: Kind;
  readonly limit: number;
  /** The key of the last name of the page before. */
  readonly behind: string | null;
  readonly q: string;
}

interface Names {
  readonly table: RawBuilder<unknown>;
  readonly key: RawBuilder<string>;
  readonly name: RawBuilder<string>;
  readonly promptId: RawBuilder<string>;
  readonly isLive: RawBuilder<boolean>;
  /** Whether it is public, as the index of the oldest has it. */
  readonly isOpen: (open: boolean) => RawBuilder<boolean>;
  readonly owner: RawBuilder<string>;
}

const tables: Readonly<Record<Kind, Names>> = {
  tag: {
    table: sql`tags AS named`,
    key: sql<string>`named.name_key`,
    name: sql<string>`named.name`,
    promptId: sql<string>`named.prompt_id`,
    isLive: sql<boolean>`named.is_live`,
    isOpen: (open) => sql<boolean>`named.is_public = ${sql.lit(open)}`,
    owner: sql<string>`named.user_id`,
  },
  category: {
    table: sql`prompts AS named`,
    key: sql<string>`named.category_key`,
    name: sql<string>`named.category`,
    promptId: sql<string>`named.id`,
    isLive: sql<boolean>`named.deleted_at IS NULL`,
    isOpen: (open) => sql<boolean>`named.visibility = ${sql.lit(open ? 'public' : 'private')}`,
    owner: sql<string>`named.user_id`,
  },
};

/** Whether a key stands on the page, as far as that is known of one by itself. */
function isAsked({ behind, q }: Asked, key: RawBuilder<string>, folded: RawBuilder<string>): RawBuilder<boolean> {
  const goesOn = behind === null ? sql<boolean>`true` : sql<boolean>`${key} > ${behind}`;
  return q === '' ? goesOn : sql<boolean>`(${goesOn} AND ${folded} LIKE ${holding(nameKey(q))})`;
}

function keptNames(asked: Asked): RawBuilder<Row> {
  const { who, kind, limit, q } = asked;
  const scopes: [Scope, 'prompts' | 'public'][] = who.isAdmin
    ? [['everybody', 'prompts']]
    : [
        ['own', 'prompts'],
        ['everybody', 'public'],
      ];
  const count = sql.join(
    who.isAdmin
      ? [counted(asked, 'everybody', 'prompts')]
      : [
          counted(asked, 'own', 'prompts'),
          counted(asked, 'everybody', 'public'),
          sql`- ${counted(asked, 'own', 'public')}`,
          sql`coalesce((SELECT given.prompts FROM given WHERE given.key = page.key), 0)`,
        ],
    sql` + `,
  );
  return sql<Row>`${q === '' ? sql`` : plannedForValues} WITH kept AS MATERIALIZED (
      SELECT key FROM (${sql.join(
        scopes.map(([scope, column]) => keysOf(asked, scope, column)),
        sql` UNION `,
      )}) AS both_kept ORDER BY key LIMIT ${limit + 1}
    ), bound AS MATERIALIZED (
      SELECT CASE WHEN count(*) > ${limit} THEN max(key) END AS last FROM kept
    ), ${givenByOthers(who)}, given AS MATERIALIZED (${who.isAdmin ? nothingGiven : givenNames(asked)}
    ), page AS MATERIALIZED (
      SELECT key FROM kept UNION SELECT key FROM given ORDER BY key LIMIT ${limit + 1}
    )
    SELECT page.key, ${count} AS "promptCount", (
      SELECT name FROM (${sql.join(oldestOf(who, kind), sql` UNION ALL `)}
        UNION ALL ${oldestGiven(kind)}
      ) AS spellings ORDER BY prompt_id LIMIT 1
    ) AS name
    FROM page ORDER BY page.key`;
}

/** The first keys of which a count is not zero, with what is not added up yet. */
function keysOf(asked: Asked, scope: Scope, column: 'prompts' | 'public'): RawBuilder<unknown> {
  const { who, kind, limit } = asked;
  const owner = scope === 'own' ? sql`${who.userId}::uuid` : sql`${sql.lit(EVERYBODY)}::uuid`;
  const what = sql.ref(column);
  const folded =
    scope === 'everybody' && column === 'public' ? sql<string>`held.folded` : sql<string>`public.fold_text(held.key)`;
  const first = sql`ORDER BY key LIMIT ${limit + 1}`;
  const within = (table: string) =>
    sql<boolean>`${sql.ref(`${table}.owner`)} = ${owner} AND ${sql.ref(`${table}.kind`)} = ${sql.lit(kind)}`;
  return sql`(
      SELECT held.key FROM name_counts AS held
      WHERE ${within('held')} AND held.${what} > 0 AND ${isAsked(asked, sql`held.key`, folded)}
        AND held.${what} + coalesce((SELECT sum(further.${what}) FROM name_count_changes AS further
          WHERE ${within('further')} AND further.key = held.key), 0) > 0
      ${first}
    ) UNION (
      SELECT further.key FROM name_count_changes AS further
      WHERE ${within('further')} AND ${isAsked(asked, sql`further.key`, sql`public.fold_text(further.key)`)}
      GROUP BY further.key HAVING sum(further.${what}) + coalesce((SELECT held.${what} FROM name_counts AS held
        WHERE ${within('held')} AND held.key = further.key), 0) > 0
      ${first}
    )`;
}

/** How many prompts have the key of a row of `page`. */
function counted({ who, kind }: Asked, scope: Scope, column: 'prompts' | 'public'): RawBuilder<number> {
  const owner = scope === 'own' ? sql`${who.userId}::uuid` : sql`${sql.lit(EVERYBODY)}::uuid`;
  const sumIn = (table: string) => sql`coalesce((SELECT sum(${sql.ref(`${table}.${column}`)}) FROM ${sql.table(table)}
    WHERE ${sql.ref(`${table}.owner`)} = ${owner} AND ${sql.ref(`${table}.kind`)} = ${sql.lit(kind)}
      AND ${sql.ref(`${table}.key`)} = page.key), 0)`;
  return sql<number>`(${sumIn('name_counts')} + ${sumIn('name_count_changes')})::bigint`;
}

/** Names of private prompts of others that groups give, up to the last one that the page can hold: of how many, and the oldest. */
function givenNames(asked: Asked): RawBuilder<unknown> {
  const { table, key, promptId, owner, isLive, isOpen } = tables[asked.kind];
  return sql`
    SELECT named.key, count(*) AS prompts, min(named.prompt_id::text COLLATE "C")::uuid AS oldest
    FROM bound, ${givers()}, LATERAL (
      SELECT ${key} AS key, ${promptId} AS prompt_id FROM ${table}
      WHERE ${isGiven(owner, promptId)} AND ${isLive} AND ${isOpen(false)}
        AND ${key} IS NOT NULL AND (bound.last IS NULL OR ${key} <= bound.last)
        AND ${isAsked(asked, key, sql`public.fold_text(${key})`)} OFFSET 0
    ) AS named GROUP BY named.key`;
}

const nothingGiven = sql`SELECT NULL::text AS key, 0 AS prompts, NULL::uuid AS oldest WHERE false`;

function oldestGiven(kind: Kind): RawBuilder<unknown> {
  const { table, key, name, promptId } = tables[kind];
  return sql`SELECT ${name} AS name, ${promptId} AS prompt_id FROM given JOIN ${table} ON ${promptId} = given.oldest
    WHERE given.key = page.key AND ${key} = page.key`;
}

/** The oldest spellings of the key of a row of `page`, each by an index: of one's own prompts and of what is open. */
function oldestOf(who: Who, kind: Kind): RawBuilder<unknown>[] {
  const { table, key, name, promptId, owner, isLive, isOpen } = tables[kind];
  const oldest = (condition: RawBuilder<boolean>) => sql`(
    SELECT ${name} AS name, ${promptId} AS prompt_id FROM ${table} WHERE ${key} = page.key AND ${isLive} AND ${condition}
    ORDER BY ${promptId} LIMIT 1)`;
  return who.isAdmin
    ? [oldest(isOpen(true)), oldest(isOpen(false))]
    : [oldest(isOpen(true)), oldest(sql<boolean>`${owner} = ${who.userId}`)];
}

/** What a key that sees one group sees: a group has few prompts, and these are counted. */
function namesInGroup(asked: Asked): RawBuilder<Row> {
  const { who, kind, limit } = asked;
  const { table, key, name, promptId } = tables[kind];
  return sql<Row>`
    SELECT ${key} AS key, (array_agg(${name} ORDER BY ${promptId}))[1] AS name, count(*) AS "promptCount"
    FROM group_prompts AS listed JOIN prompts ON prompts.id = listed.prompt_id JOIN ${table} ON ${promptId} = prompts.id
    WHERE listed.group_id = ${who.groupId} AND ${readablePrompts(who)} AND ${key} IS NOT NULL
      AND ${isAsked(asked, key, sql`public.fold_text(${key})`)}
    GROUP BY ${key} ORDER BY ${key} LIMIT ${limit + 1}`;
}
