// A page of a list without a search. One condition over all that a caller may see, which is an OR over joins, makes PostgreSQL
// look through a tenant for it. So what the caller may see is asked for in parts of which each has an index in the order of the
// list, and a page is what comes first of all of them: the caller's own, what others have made public, and what groups give.
import { afterKeyset, type KeysetValue, nameKey, type OrderKey } from '@promptory/db';
import type { PromptFilters, PromptSort } from '@promptory/schemas';
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { givenEntries, grantsToPrompt, readablePrompts } from '../../../access/visibility.ts';
import type { Db, Who } from '../../../context.ts';
import { type PromptKey, promptBytes } from '../../../views/prompt-page.ts';
import { promptFilters } from '../search/prompt-filters.ts';

export type ListSort = Exclude<PromptSort, 'relevance'>;
export type ListFilters = Omit<PromptFilters, 'q'>;

/** What a page of a list goes on behind, and how much it holds. */
export interface ListPlace {
  readonly sort: ListSort;
  readonly limit: number;
  readonly after: readonly KeysetValue[] | undefined;
}

export interface ListedKey extends PromptKey {
  readonly sortKey: string | number;
}

/** Of each part, one more than the largest page, and the mark where a walk ended. */
const MOST = sql.lit(102);
/** From so many entries on, what groups give is found by walking along the list rather than sorting it. */
const MANY_GIVEN = 1_000;
/** A walk that has not filled a page after so many steps meets too few that are given: then they are sorted. */
const STEPS = 3_000;

const live = sql<boolean>`prompts.deleted_at IS NULL`;

/** Keys of the prompts that `who` may read and `filters` let through, in order: one more than the page holds, if there are. */
export async function listedKeys(db: Db, who: Who, filters: ListFilters, place: ListPlace): Promise<ListedKey[]> {
  const parts = partsOf(who, filters, place);
  const { rows } = await select(parts(true), place).execute(db);
  const end = rows.findIndex(({ isEnd }) => isEnd);
  if (end === -1 || end > place.limit) return rows.filter(({ isEnd }) => !isEnd);
  return (await select(parts(false), place).execute(db)).rows;
}

type Row = ListedKey & { readonly isEnd: boolean };

function select(parts: readonly RawBuilder<unknown>[], { sort, limit }: ListPlace): RawBuilder<Row> {
  const direction = directionOf(sort);
  return sql<Row>`
    SELECT prompts.id, prompts.sort_key AS "sortKey", prompts.is_end AS "isEnd", ${promptBytes} AS bytes
    FROM (${sql.join(parts, sql` UNION ALL `)}) AS prompts
    ORDER BY prompts.sort_key ${direction}, prompts.id ${direction} LIMIT ${limit + 2}`;
}

/** Parts of what `who` may read, of which no two have a prompt in common; `walking` where they may walk along the list. */
function partsOf(who: Who, filters: ListFilters, place: ListPlace): (walking: boolean) => RawBuilder<unknown>[] {
  const { visibility, owner, tag, favorite, groupId } = filters;
  const order = orderOf(place);
  const asked = promptFilters(who, filters);
  const part = (from: RawBuilder<unknown>, ...conditions: RawBuilder<boolean>[]) =>
    partOf(sql`${from} ${order.lookUp}`, order, [...conditions, ...asked]);
  const prompts = sql`prompts`;

  const few = fewOf(who, { favorite, groupId });
  if (few !== undefined) return () => [part(few.from, few.are, readablePrompts(who))];
  if (owner === 'me') return () => [part(prompts, live)];

  const [tagged] = place.sort === 'updated' ? (tag ?? []).map(nameKey) : [];
  const along = (conditions: { readonly prompts: RawBuilder<boolean>; readonly index: RawBuilder<boolean> }) =>
    tagged === undefined
      ? partOf(sql`prompts ${order.join}`, order, [conditions.prompts, ...asked, ...order.narrowed(conditions.index)])
      : partOf(sql`tags JOIN prompts ON prompts.id = tags.prompt_id`, taggedOrder(place), [
          sql<boolean>`tags.name_key = ${tagged}`,
          conditions.index,
          conditions.prompts,
          ...asked,
        ]);
  const all = along({ prompts: live, index: tagged === undefined ? sql<boolean>`true` : sql<boolean>`tags.is_live` });
  if (who.isAdmin) return () => [all];

  const own = part(prompts, live, sql<boolean>`prompts.user_id = ${who.userId}`);
  const open = along({
    prompts: sql<boolean>`(${live} AND prompts.visibility = 'public' AND prompts.user_id <> ${who.userId})`,
    index: tagged === undefined ? sql<boolean>`prompt_totals.is_public` : sql<boolean>`tags.is_public`,
  });
  if (visibility === 'public') return () => [own, open];
  const given = givenParts(who, order, asked);
  return (walking) => [own, ...(visibility === 'private' ? [] : [open]), ...given(walking)];
}

/** What is bounded by something else than the number of prompts is looked up from there, and sorted. */
function fewOf(
  who: Who,
  { favorite, groupId }: Pick<ListFilters, 'favorite' | 'groupId'>,
): { readonly from: RawBuilder<unknown>; readonly are: RawBuilder<boolean> } | undefined {
  const group = groupId ?? who.groupId;
  if (group !== null)
    return {
      from: sql`group_prompts AS listed JOIN prompts ON prompts.id = listed.prompt_id`,
      are: sql<boolean>`listed.group_id = ${group}`,
    };
  if (favorite !== true) return undefined;
  return {
    from: sql`favorites AS listed JOIN prompts ON prompts.id = listed.prompt_id`,
    are: sql<boolean>`listed.user_id = ${who.userId}`,
  };
}

/**
 * Private prompts of others that groups give. Few are looked up by the entries, one by one whatever the planner thinks of reading
 * them all (`OFFSET 0`), and sorted. Where there are many, a page is
 * sooner full by going along the list; the step after the last one that it takes is marked, and whoever meets the mark knows
 * that there may be more.
 */
function givenParts(
  who: Who,
  order: Order,
  asked: readonly RawBuilder<boolean>[],
): (walking: boolean) => RawBuilder<unknown>[] {
  const { by, direction, join } = order;
  const entries = givenEntries(who);
  const givable = sql<boolean>`(${live} AND prompts.visibility = 'private' AND prompts.user_id <> ${who.userId})`;
  const areMany = sql<boolean>`(SELECT count(*) > ${sql.lit(MANY_GIVEN)} FROM (
    SELECT FROM group_prompts WHERE ${entries} LIMIT ${sql.lit(MANY_GIVEN + 1)}) AS entries)`;
  const looked = (when: RawBuilder<boolean>) => {
    const from = sql`(
      SELECT DISTINCT group_prompts.prompt_id, group_prompts.added_by FROM group_prompts WHERE ${when} AND ${entries}
    ) AS given JOIN LATERAL (
      SELECT * FROM prompts WHERE prompts.id = given.prompt_id AND prompts.user_id = given.added_by OFFSET 0
    ) AS prompts ON true ${order.lookUp}`;
    return partOf(from, order, [givable, ...asked]);
  };
  const walked = sql`(
    SELECT near.id, near.sort_key, near.step = ${sql.lit(STEPS)} AS is_end FROM (
      SELECT prompts.id, prompts.user_id, ${by} AS sort_key,
        row_number() OVER (ORDER BY ${by} ${direction}, prompts.id ${direction}) AS step
      FROM prompts ${join} WHERE ${sql.join([givable, ...asked, ...order.after], sql` AND `)}
      ORDER BY ${by} ${direction}, prompts.id ${direction} LIMIT ${sql.lit(STEPS)}
    ) AS near
    WHERE ${areMany} AND (near.step = ${sql.lit(STEPS)} OR ${grantsToPrompt(who, 'near')})
    ORDER BY near.sort_key ${direction}, near.id ${direction} LIMIT ${MOST})`;
  return (walking) => (walking ? [looked(sql<boolean>`NOT ${areMany}`), walked] : [looked(sql<boolean>`true`)]);
}

interface Order {
  readonly by: RawBuilder<unknown>;
  readonly direction: RawBuilder<unknown>;
  /** What has the column, where that is not the prompt. */
  readonly join: RawBuilder<unknown>;
  /** The same for rows that are looked up one by one. */
  readonly lookUp: RawBuilder<unknown>;
  readonly after: readonly Expression<SqlBool>[];
  /** What an index of the joined table asks for. */
  narrowed(condition: RawBuilder<boolean>): RawBuilder<boolean>[];
}

const partOf = (from: RawBuilder<unknown>, order: Order, conditions: readonly RawBuilder<boolean>[]) => sql`(
  SELECT prompts.id, ${order.by} AS sort_key, false AS is_end FROM ${from}
  WHERE ${sql.join([...conditions, ...order.after], sql` AND `)}
  ORDER BY ${order.by} ${order.direction}, prompts.id ${order.direction} LIMIT ${MOST})`;

const columns: Readonly<Record<ListSort, RawBuilder<unknown>>> = {
  updated: sql`prompts.updated_at`,
  created: sql`prompts.created_at`,
  title: sql`prompts.search_title`,
  usage: sql`prompt_totals.uses`,
};

const directionOf = (sort: ListSort): RawBuilder<unknown> => (sort === 'title' ? sql`ASC` : sql`DESC`);

function orderBy({ sort, after }: ListPlace, by: RawBuilder<unknown>): Pick<Order, 'by' | 'direction' | 'after'> {
  const direction = sort === 'title' ? 'asc' : 'desc';
  const keys: OrderKey<never, never>[] = [
    { by, direction },
    { by: sql`prompts.id`, direction },
  ];
  return { by, direction: directionOf(sort), after: after === undefined ? [] : [afterKeyset(keys, after)] };
}

const orderOf = (place: ListPlace): Order => ({
  ...orderBy(place, columns[place.sort]),
  join: place.sort === 'usage' ? sql`JOIN prompt_totals ON prompt_totals.prompt_id = prompts.id` : sql``,
  lookUp:
    place.sort === 'usage'
      ? sql`JOIN LATERAL (SELECT * FROM prompt_totals WHERE prompt_totals.prompt_id = prompts.id OFFSET 0) AS prompt_totals ON true`
      : sql``,
  narrowed: (condition) => (place.sort === 'usage' ? [condition] : []),
});

/** The order of a tag's index, which has the time of the prompt. */
const taggedOrder = (place: ListPlace): Order => ({
  ...orderBy(place, sql`tags.listed_at`),
  join: sql``,
  lookUp: sql``,
  narrowed: () => [],
});
