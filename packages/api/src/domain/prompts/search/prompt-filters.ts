import { nameKey } from '@promptory/db';
import type { PromptFilters } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import type { Who } from '../../../context.ts';

/** All conditions as one. */
export const allOf = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(conditions, sql` AND `)})`;

/** Conditions on `prompts`, by what a caller asks for; what it may see, and what it searches for, are others. */
export function promptFilters(who: Who, filters: PromptFilters): RawBuilder<boolean>[] {
  const { category, tag, isTemplate, owner, groupId, favorite, visibility } = filters;
  const all: RawBuilder<boolean>[] = [];
  if (category !== undefined) all.push(sql<boolean>`prompts.category_key = ${nameKey(category)}`);
  all.push(...hasTags([...new Set(tag?.map(nameKey))]));
  if (isTemplate !== undefined) all.push(sql<boolean>`prompts.is_template = ${sql.lit(isTemplate)}`);
  if (owner !== undefined) all.push(owner === 'me' ? isOwnedBy(who) : isOwnedByHandle(owner));
  if (groupId !== undefined) all.push(isInGroup(groupId));
  if (favorite !== undefined) all.push(sql<boolean>`${isFavoriteOf(who)} = ${favorite}`);
  if (visibility !== undefined) all.push(sql<boolean>`prompts.visibility = ${sql.lit(visibility)}`);
  return all;
}

const isOwnedBy = (who: Who): RawBuilder<boolean> => sql<boolean>`prompts.user_id = ${who.userId}`;

const isOwnedByHandle = (handle: string): RawBuilder<boolean> =>
  sql<boolean>`prompts.user_id = (SELECT users.id FROM users WHERE users.handle = ${handle})`;

/**
 * A list may begin with the first tag; the others are counted. PostgreSQL makes a join of each that is asked for by itself, and
 * takes a third of a second to find the order of twenty.
 */
function hasTags([first, ...others]: readonly string[]): RawBuilder<boolean>[] {
  const ofPrompt = sql`SELECT FROM tags WHERE tags.prompt_id = prompts.id`;
  if (first === undefined) return [];
  const hasFirst = sql<boolean>`EXISTS (${ofPrompt} AND tags.name_key = ${first})`;
  if (others.length === 0) return [hasFirst];
  return [
    hasFirst,
    sql<boolean>`(SELECT count(*) FROM (${ofPrompt} AND tags.name_key = ANY(${others}::text[])) AS others) = ${others.length}::integer`,
  ];
}

const isInGroup = (groupId: string): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM group_prompts WHERE group_prompts.prompt_id = prompts.id AND group_prompts.group_id = ${groupId}
)`;

const isFavoriteOf = (who: Who): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM favorites WHERE favorites.prompt_id = prompts.id AND favorites.user_id = ${who.userId}
)`;
