import type { Page } from '@promptory/db';
import type { LibraryInput, LibraryItem, LibraryReason } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { grantedPrompts, grantingEntries, isOneOf, readablePrompts } from '../../access/visibility.ts';
import type { Who } from '../../context.ts';
import { givenParts } from '../../domain/prompts/listing/given-prompts.ts';
import {
  along,
  type ListParts,
  type ListPlace,
  lookUpOrder,
  mergedKeys,
  only,
  partOf,
  withParts,
} from '../../domain/prompts/listing/list-parts.ts';
import { isoTime } from '../../views/iso-time.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { promptPage } from '../../views/prompt-page.ts';
import { selectPrompts } from '../../views/prompt-view.ts';

/** Reasons listed for one prompt at most; ownership and favourite come first. */
const MAX_GROUP_REASONS = 90;

const isOwned = (who: Who): RawBuilder<boolean> => sql<boolean>`prompts.user_id = ${who.userId}`;

const isFavorite = (who: Who): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM favorites WHERE favorites.prompt_id = prompts.id AND favorites.user_id = ${who.userId}
)`;

const isShared = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(prompts.user_id <> ${who.userId} AND ${grantedPrompts(who)})`;

/** A library in parts, of which no two have a prompt in common: see `listing/`. */
function partsOf(who: Who, reason: LibraryInput['reason'], place: ListPlace): ListParts {
  const lookUp = lookUpOrder(place);
  const live = sql<boolean>`prompts.deleted_at IS NULL`;
  if (who.groupId !== null) {
    const inGroup = sql<boolean>`listed.group_id = ${who.groupId}`;
    const entries = sql`group_prompts AS listed JOIN prompts ON prompts.id = listed.prompt_id`;
    return only(partOf(entries, lookUp, [inGroup, isListed(who, reason)]));
  }
  const own = partOf(sql`prompts`, lookUp, [live, isOwned(who)]);
  if (reason === 'owned') return only(own);
  const marked = (...conditions: RawBuilder<boolean>[]) =>
    partOf(sql`favorites AS marked JOIN prompts ON prompts.id = marked.prompt_id`, lookUp, [
      sql<boolean>`marked.user_id = ${who.userId}`,
      readablePrompts(who),
      ...conditions,
    ]);
  if (reason === 'favorite') return only(marked());
  const given = givenParts({ who, isPrivate: false, lookUp, asked: [], list: along(place), askedAlong: [] });
  if (reason === 'group') return given;
  const onlyMarked = marked(sql<boolean>`NOT ${isOwned(who)}`, sql<boolean>`NOT ${isShared(who)}`);
  return withParts(given, own, onlyMarked);
}

const isListed = (who: Who, reason: LibraryInput['reason']): RawBuilder<boolean> => {
  const belongs = {
    owned: isOwned(who),
    favorite: isFavorite(who),
    group: isShared(who),
    any: sql<boolean>`(${isOwned(who)} OR ${isFavorite(who)} OR ${isShared(who)})`,
  };
  return sql<boolean>`(${readablePrompts(who)} AND ${belongs[reason ?? 'any']})`;
};

const reasonsOf = (who: Who): RawBuilder<LibraryReason[]> => sql<LibraryReason[]>`(
  SELECT json_agg(reason.what ORDER BY reason.place, reason.since, reason.id) FROM (
    SELECT 1 AS place, NULL::timestamptz AS since, NULL::uuid AS id, json_build_object('type', 'owned') AS what
    WHERE ${isOwned(who)}
    UNION ALL
    SELECT 2, favorites.created_at, NULL,
      json_build_object('type', 'favorite', 'since', ${isoTime('favorites.created_at')})
    FROM favorites WHERE favorites.prompt_id = prompts.id AND favorites.user_id = ${who.userId}
    UNION ALL
    (SELECT 3, group_prompts.created_at, groups.id, json_build_object(
      'type', 'group', 'group', json_build_object('id', groups.id, 'name', groups.name),
      'since', ${isoTime('group_prompts.created_at')})
    FROM group_prompts JOIN groups ON groups.id = group_prompts.group_id
    WHERE ${grantingEntries(who)} AND prompts.user_id <> ${who.userId}
    ORDER BY group_prompts.created_at, groups.id LIMIT ${MAX_GROUP_REASONS})
  ) AS reason
)`;

/** What the caller owns, has marked or was given through groups, the last changed first, each with all its reasons. */
export async function listLibrary(ctx: ListContext, input: LibraryInput): Promise<Page<LibraryItem>> {
  const { who } = ctx;
  const { after, limit, cursorOf } = listCursor(ctx, 'library', input);
  const place: ListPlace = { sort: 'updated', limit, after };
  const keys = await mergedKeys(ctx.db, partsOf(who, input.reason, place), place);
  const { items, nextCursor } = await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.sortKey, last.id]),
    (ids) =>
      selectPrompts(ctx.db, who)
        .select(reasonsOf(who).as('reasons'))
        .where(isOneOf(ids))
        .where(isListed(who, input.reason))
        .execute(),
  );
  return { items: items.map(({ reasons, ...prompt }) => ({ prompt, reasons })), nextCursor };
}
