// Prompts of others that groups give. Of somebody in 500 groups these may be ten thousand, of which a page shows twenty: so no row of
// a prompt is read but those that are shown. Entries of groups and what lists go by stand in indexes that have all that is asked for.
import { type RawBuilder, sql } from 'kysely';
import { givenEntries, grantedPrompts } from '../../../access/visibility.ts';
import type { Who } from '../../../context.ts';
import { type Along, every, type ListParts, type Order, partOf, walkedPart } from './list-parts.ts';

/** From so many entries on, a page is sooner full by walking along the list than by looking all of them up. */
const MANY_GIVEN = 1_000;

/** Entries of others in groups of `who`, read once for a whole query: what a list needs beside its parts. */
export const givenByOthers = (who: Who): RawBuilder<unknown> => sql`entries AS MATERIALIZED (
  SELECT group_prompts.prompt_id, group_prompts.added_by FROM group_prompts
  WHERE ${givenEntries(who)} AND group_prompts.added_by <> ${who.userId})`;

/**
 * Who has made these entries, with the ids, of which each gives only what is its own. The rows of an owner lie together in the
 * indexes that begin with the owner, so that many are read in one go.
 */
export const givers = (when: RawBuilder<boolean> = sql<boolean>`true`): RawBuilder<unknown> => sql`(
  SELECT entries.added_by, array_agg(entries.prompt_id) AS ids FROM entries WHERE ${when} GROUP BY entries.added_by
) AS givers`;

/**
 * A row that one of `givers` gives, by the columns of its owner and its prompt. The comparison of both, which is always true, is what
 * makes PostgreSQL take the index that begins with both, rather than one for which it must read each row.
 */
export const isGiven = (owner: RawBuilder<string>, promptId: RawBuilder<string>): RawBuilder<boolean> => sql<boolean>`(
  ${owner} = givers.added_by AND ${promptId} = ANY(givers.ids)
  AND (${owner}, ${promptId}) >= (givers.added_by, '00000000-0000-0000-0000-000000000000'::uuid))`;

/**
 * The same prompts as `prompts`: looked up whatever the planner thinks of reading them all (`OFFSET 0`), from an index that has all
 * that lists filter and sort by. Where another column is asked for, each row is read.
 */
const givenPrompts = (when: RawBuilder<boolean>): RawBuilder<unknown> => sql`${givers(when)} JOIN LATERAL (
  SELECT * FROM prompts
  WHERE ${isGiven(sql`prompts.user_id`, sql`prompts.id`)} AND prompts.deleted_at IS NULL OFFSET 0
) AS prompts ON true`;

interface Given {
  readonly who: Who;
  /** Only private ones: where another part has the public ones. */
  readonly isPrivate: boolean;
  /** In the order of the list, looked up one by one. */
  readonly lookUp: Order & { readonly join: RawBuilder<unknown> };
  readonly asked: readonly RawBuilder<boolean>[];
  /** What there is to walk along, and what is asked of it besides. */
  readonly list: Along;
  readonly askedAlong: readonly RawBuilder<boolean>[];
}

/** Few are looked up and sorted. Where there are many, what comes along in the order of the list is asked whether it is among them. */
export function givenParts({ who, isPrivate, lookUp, asked, list, askedAlong }: Given): ListParts {
  const areMany = sql<boolean>`(SELECT count(*) > ${sql.lit(MANY_GIVEN)} FROM entries)`;
  const wanted = isPrivate ? [sql<boolean>`prompts.visibility = 'private'`] : [];
  const lookedUp = (when: RawBuilder<boolean>) =>
    partOf(sql`${givenPrompts(when)} ${lookUp.join}`, lookUp, [...wanted, ...asked]);
  // One set, and one look for each that is in it: as a join, or as two sets, PostgreSQL would look all of them up.
  const isMeant = sql<boolean>`(
    (near.id IN (SELECT entries.prompt_id FROM entries)) IS TRUE
    AND coalesce((SELECT true FROM prompts WHERE prompts.id = near.id AND prompts.deleted_at IS NULL
      AND prompts.user_id <> ${who.userId} AND ${every(wanted)} AND ${grantedPrompts(who)} LIMIT 1), false))`;
  const walked = walkedPart(
    askedAlong.length === 0 ? list.table : list.withPrompts,
    list,
    [...list.all, ...askedAlong],
    { when: list.isBeside ? sql<boolean>`true` : areMany, isMeant },
  );
  const few = list.isBeside ? [] : [lookedUp(sql<boolean>`NOT ${areMany}`)];
  return {
    beside: givenByOthers(who),
    of: (walking) => (walking ? [...few, walked] : [lookedUp(sql<boolean>`true`)]),
  };
}
