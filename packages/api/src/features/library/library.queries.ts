import { keysetPage, type Page } from '@promptory/db';
import type { LibraryInput, LibraryItem, LibraryReason } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';
import { givenEntries, grantedPrompts, grantingEntries, isOneOf, readablePrompts } from '../../access/visibility.ts';
import type { Who } from '../../context.ts';
import { isoTime } from '../../views/iso-time.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { promptBytes, promptPage } from '../../views/prompt-page.ts';
import { selectPrompts } from '../../views/prompt-view.ts';

/** Reasons listed for one prompt at most; ownership and favourite come first. */
const MAX_GROUP_REASONS = 90;

const isOwned = (who: Who): RawBuilder<boolean> => sql<boolean>`prompts.user_id = ${who.userId}`;

const isFavorite = (who: Who): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT FROM favorites WHERE favorites.prompt_id = prompts.id AND favorites.user_id = ${who.userId}
)`;

const isShared = (who: Who): RawBuilder<boolean> =>
  sql<boolean>`(prompts.user_id <> ${who.userId} AND ${grantedPrompts(who)})`;

/** All that may belong to somebody's library, looked up by why it would: never by going through what others have. */
function candidatesOf(who: Who, reason: LibraryInput['reason']): RawBuilder<{ id: string }> {
  const candidates = {
    owned: sql`SELECT owned.id FROM prompts AS owned WHERE owned.user_id = ${who.userId} AND owned.deleted_at IS NULL`,
    favorite: sql`SELECT favorites.prompt_id AS id FROM favorites WHERE favorites.user_id = ${who.userId}`,
    group: sql`SELECT DISTINCT group_prompts.prompt_id AS id FROM group_prompts WHERE ${givenEntries(who)}`,
  };
  if (reason !== undefined) return sql<{ id: string }>`(${candidates[reason]})`;
  return sql<{ id: string }>`(${sql.join(Object.values(candidates), sql` UNION `)})`;
}

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
  const belongs = {
    owned: isOwned(who),
    favorite: isFavorite(who),
    group: isShared(who),
    any: sql<boolean>`(${isOwned(who)} OR ${isFavorite(who)} OR ${isShared(who)})`,
  };
  const listed = sql<boolean>`(${readablePrompts(who)} AND ${belongs[input.reason ?? 'any']})`;
  const query = ctx.db
    .selectFrom('prompts')
    .innerJoin(candidatesOf(who, input.reason).as('candidates'), 'candidates.id', 'prompts.id')
    .select(['prompts.id', 'prompts.updated_at as updatedAt', promptBytes.as('bytes')])
    .where(listed);
  const keys = await keysetPage(query, {
    orderBy: [
      { by: 'prompts.updated_at', direction: 'desc' },
      { by: 'prompts.id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  const { items, nextCursor } = await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.updatedAt, last.id]),
    (ids) =>
      selectPrompts(ctx.db, who).select(reasonsOf(who).as('reasons')).where(isOneOf(ids)).where(listed).execute(),
  );
  return { items: items.map(({ reasons, ...prompt }) => ({ prompt, reasons })), nextCursor };
}
