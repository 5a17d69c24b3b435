// A page of a list without a search. One condition over all that a caller may see, which is an OR over joins, makes PostgreSQL
// look through a tenant for it. So what the caller may see is asked for in parts of which each has an index in the order of the
// list, and a page is what comes first of all of them: the caller's own, what others have made public, and what groups give.
import { nameKey } from '@promptory/db';
import type { PromptFilters } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { readablePrompts } from '../../../access/visibility.ts';
import type { Db, Who } from '../../../context.ts';
import { promptFilters } from '../search/prompt-filters.ts';
import { givenParts } from './given-prompts.ts';
import {
  along,
  type ListedKey,
  type ListParts,
  type ListPlace,
  lookUpOrder,
  mergedKeys,
  only,
  partOf,
  withParts,
} from './list-parts.ts';

export type ListFilters = Omit<PromptFilters, 'q'>;

const live = sql<boolean>`prompts.deleted_at IS NULL`;

/** Keys of the prompts that `who` may read and `filters` let through, in order: one more than the page holds, if there are. */
export const listedKeys = (db: Db, who: Who, filters: ListFilters, place: ListPlace): Promise<ListedKey[]> =>
  mergedKeys(db, partsOf(who, filters, place), place);

/** Parts of what `who` may read, of which no two have a prompt in common. */
function partsOf(who: Who, filters: ListFilters, place: ListPlace): ListParts {
  const { visibility, owner, tag, favorite, groupId } = filters;
  const lookUp = lookUpOrder(place);
  const asked = promptFilters(who, filters);
  const lookedUp = (from: RawBuilder<unknown>, ...conditions: RawBuilder<boolean>[]) =>
    partOf(sql`${from} ${lookUp.join}`, lookUp, [...conditions, ...asked]);

  const few = fewOf(who, { favorite, groupId });
  if (few !== undefined) return only(lookedUp(few.from, few.are, readablePrompts(who)));
  if (owner === 'me') return only(lookedUp(sql`prompts`, live));

  const [first, ...others] = tag ?? [];
  const list = along(place, first === undefined ? undefined : nameKey(first));
  if (who.isAdmin) return only(partOf(list.withPrompts, list, [...list.all, live, ...asked]));

  const own = lookedUp(sql`prompts`, live, sql<boolean>`prompts.user_id = ${who.userId}`);
  const open = partOf(list.withPrompts, list, [
    ...list.open,
    live,
    sql<boolean>`prompts.visibility = 'public'`,
    sql<boolean>`prompts.user_id <> ${who.userId}`,
    ...asked,
  ]);
  if (visibility === 'public') return only(own, open);
  const given = givenParts({
    who,
    isPrivate: true,
    lookUp,
    asked,
    list,
    // What the list along which it walks is of need not be asked again, nor what is asked of all that groups give.
    askedAlong: promptFilters(who, {
      ...filters,
      visibility: undefined,
      tag: list.isOfTag ? others : tag,
    }),
  });
  return withParts(given, own, ...(visibility === 'private' ? [] : [open]));
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
