// A page of a list is merged of parts, of which each has the order of the list: so PostgreSQL takes of each as many rows as the page
// needs, and no more. What a part walks along, and by which columns, is said here.
import { afterKeyset, type KeysetValue, type OrderKey } from '@promptory/db';
import type { PromptSort } from '@promptory/schemas';
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../../../context.ts';
import { type PromptKey, promptBytes } from '../../../views/prompt-page.ts';

export type ListSort = Exclude<PromptSort, 'relevance'>;

/** What a page of a list goes on behind, and how much it holds. */
export interface ListPlace {
  readonly sort: ListSort;
  readonly limit: number;
  readonly after: readonly KeysetValue[] | undefined;
  /** A walk ends after so many steps, each of which is an entry of an index, and no row: ten thousand unless given. */
  readonly steps?: number | undefined;
}

export interface ListedKey extends PromptKey {
  readonly sortKey: string | number;
}

/** No two of them have a prompt in common. `walking`: they may walk along a list, and mark the place where they gave up. */
export interface ListParts {
  /** What they read besides, once for all of them: of WITH. */
  readonly beside?: RawBuilder<unknown>;
  of(walking: boolean): RawBuilder<unknown>[];
}

export const only = (...parts: RawBuilder<unknown>[]): ListParts => ({ of: () => parts });

export const withParts = (others: ListParts, ...parts: RawBuilder<unknown>[]): ListParts => ({
  ...others,
  of: (walking) => [...parts, ...others.of(walking)],
});

/** By what a part is ordered, and behind what it goes on. */
export interface Order {
  readonly by: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  readonly direction: RawBuilder<unknown>;
  readonly after: readonly Expression<SqlBool>[];
}

/** Of each part, one more than the largest page, and the mark where a walk ended. */
const MOST = sql.lit(102);
const STEPS = 10_000;

/** All conditions; none lets everything through. */
export const every = (conditions: readonly Expression<SqlBool>[]): RawBuilder<boolean> =>
  conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` AND `)}`;

type Row = ListedKey & { readonly isEnd: boolean };

/** Keys of a page in order: one more than it holds, if there are. */
export async function mergedKeys(db: Db, parts: ListParts, place: ListPlace): Promise<ListedKey[]> {
  const { rows } = await merged(parts, true, place).execute(db);
  const end = rows.findIndex(({ isEnd }) => isEnd);
  if (end === -1 || end > place.limit) return rows.filter(({ isEnd }) => !isEnd);
  return (await merged(parts, false, place).execute(db)).rows;
}

function merged({ beside, of }: ListParts, walking: boolean, { sort, limit }: ListPlace): RawBuilder<Row> {
  const direction = directionOf(sort);
  return sql<Row>`${beside === undefined ? sql`` : sql`WITH ${beside}`}
    SELECT prompts.id, prompts.sort_key AS "sortKey", prompts.is_end AS "isEnd", ${promptBytes} AS bytes
    FROM (${sql.join(of(walking), sql` UNION ALL `)}) AS prompts
    ORDER BY prompts.sort_key ${direction}, prompts.id ${direction} LIMIT ${limit + 2}`;
}

export const partOf = (
  from: RawBuilder<unknown>,
  { by, id, direction, after }: Order,
  conditions: readonly RawBuilder<boolean>[],
): RawBuilder<unknown> => sql`(
  SELECT ${id} AS id, ${by} AS sort_key, false AS is_end FROM ${from}
  WHERE ${every([...conditions, ...after])}
  ORDER BY ${by} ${direction}, ${id} ${direction} LIMIT ${MOST})`;

/**
 * What `isMeant` says of `near`, found by walking along what `conditions` let through, where `when` holds. The step after the last
 * one that it takes is marked, and whoever meets the mark knows that there may be more.
 */
export const walkedPart = (
  from: RawBuilder<unknown>,
  { by, id, direction, after, steps }: Along,
  conditions: readonly RawBuilder<boolean>[],
  { when, isMeant }: { readonly when: RawBuilder<boolean>; readonly isMeant: RawBuilder<boolean> },
): RawBuilder<unknown> => sql`(
  SELECT near.id, near.sort_key, near.step = ${steps} AS is_end FROM (
    SELECT ${id} AS id, ${by} AS sort_key, row_number() OVER (ORDER BY ${by} ${direction}, ${id} ${direction}) AS step
    FROM ${from} WHERE ${every([...conditions, ...after])}
    ORDER BY ${by} ${direction}, ${id} ${direction} LIMIT ${steps}
  ) AS near
  WHERE ${when} AND (near.step = ${steps} OR ${isMeant})
  ORDER BY near.sort_key ${direction}, near.id ${direction} LIMIT ${MOST})`;

const columns: Readonly<Record<ListSort, RawBuilder<unknown>>> = {
  updated: sql`prompts.updated_at`,
  created: sql`prompts.created_at`,
  title: sql`prompts.search_title`,
  usage: sql`prompt_totals.uses`,
};

const directionOf = (sort: ListSort): RawBuilder<unknown> => (sort === 'title' ? sql`ASC` : sql`DESC`);

function orderBy({ sort, after }: ListPlace, by: RawBuilder<unknown>, id: RawBuilder<unknown>): Order {
  const direction = sort === 'title' ? 'asc' : 'desc';
  const keys: OrderKey<never, never>[] = [
    { by, direction },
    { by: id, direction },
  ];
  return { by, id, direction: directionOf(sort), after: after === undefined ? [] : [afterKeyset(keys, after)] };
}

/** The order of prompts that are looked up one by one, with what is to be joined to them for it. */
export const lookUpOrder = (place: ListPlace): Order & { readonly join: RawBuilder<unknown> } => ({
  ...orderBy(place, columns[place.sort], sql`prompts.id`),
  join:
    place.sort === 'usage'
      ? sql`JOIN LATERAL (SELECT * FROM prompt_totals WHERE prompt_totals.prompt_id = prompts.id OFFSET 0) AS prompt_totals ON true`
      : sql``,
});

/** A list that has an index in its order: the table with the index, how prompts join it, and what the index is asked for. */
export interface Along extends Order {
  readonly table: RawBuilder<unknown>;
  readonly withPrompts: RawBuilder<unknown>;
  readonly isOfTag: boolean;
  /** By what it is ordered stands beside another table than prompts: for each that is looked up there would be a look at that too. */
  readonly isBeside: boolean;
  readonly all: readonly RawBuilder<boolean>[];
  readonly open: readonly RawBuilder<boolean>[];
  /** After so many a walk along it ends. */
  readonly steps: RawBuilder<number>;
}

/** All prompts in the order of `place`; of those with a tag, the index of the tag has them as they were changed. */
export function along(place: ListPlace, tag?: string): Along {
  const steps = sql.lit(place.steps ?? STEPS);
  if (tag !== undefined && place.sort === 'updated') {
    const tagged = sql<boolean>`tags.name_key = ${tag}`;
    return {
      ...orderBy(place, sql`tags.listed_at`, sql`tags.prompt_id`),
      table: sql`tags`,
      withPrompts: sql`tags JOIN prompts ON prompts.id = tags.prompt_id`,
      isOfTag: true,
      isBeside: true,
      all: [tagged, sql<boolean>`tags.is_live`],
      open: [tagged, sql<boolean>`tags.is_public`],
      steps,
    };
  }
  if (place.sort === 'usage')
    return {
      ...orderBy(place, columns.usage, sql`prompt_totals.prompt_id`),
      table: sql`prompt_totals`,
      withPrompts: sql`prompt_totals JOIN prompts ON prompts.id = prompt_totals.prompt_id`,
      isOfTag: false,
      isBeside: true,
      all: [],
      open: [sql<boolean>`prompt_totals.is_public`],
      steps,
    };
  return {
    ...orderBy(place, columns[place.sort], sql`prompts.id`),
    table: sql`prompts`,
    withPrompts: sql`prompts`,
    isOfTag: false,
    isBeside: false,
    all: [sql<boolean>`prompts.deleted_at IS NULL`],
    open: [],
    steps,
  };
}
