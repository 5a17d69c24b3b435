import { keysetPage, type Page } from '@promptory/db';
import type { Favorite, PageInput } from '@promptory/schemas';
import { isOneOf, readablePrompts } from '../../access/visibility.ts';
import type { Db, Who } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { type ListContext, listCursor } from '../../views/list-cursor.ts';
import { promptBytes, promptPage } from '../../views/prompt-page.ts';
import { selectPrompts } from '../../views/prompt-view.ts';

const selectFavorites = (db: Db, who: Who) =>
  selectPrompts(db, who)
    .innerJoin('favorites', 'favorites.prompt_id', 'prompts.id')
    .select('favorites.created_at as favoritedAt')
    .where('favorites.user_id', '=', who.userId)
    .where(readablePrompts(who));

/** The caller's favourites, the newest first. What the caller may no longer read is left out. */
export async function listFavorites(ctx: ListContext, input: PageInput): Promise<Page<Favorite>> {
  const { after, limit, cursorOf } = listCursor(ctx, 'favorites', input);
  const marked = ctx.db
    .selectFrom('favorites')
    .innerJoin('prompts', 'prompts.id', 'favorites.prompt_id')
    .select(['prompts.id', 'favorites.created_at as favoritedAt', promptBytes.as('bytes')])
    .where('favorites.user_id', '=', ctx.who.userId)
    .where(readablePrompts(ctx.who));
  const keys = await keysetPage(marked, {
    orderBy: [
      { by: 'favorites.created_at', direction: 'desc' },
      { by: 'favorites.prompt_id', direction: 'desc' },
    ],
    limit,
    after,
  }).execute();
  const { items, nextCursor } = await promptPage(
    keys,
    limit,
    (last) => cursorOf([last.favoritedAt, last.id]),
    (ids) => selectFavorites(ctx.db, ctx.who).where(isOneOf(ids)).execute(),
  );
  return { items: items.map(({ favoritedAt, ...prompt }) => ({ favoritedAt, prompt })), nextCursor };
}

/** @throws AppError prompt.not_found */
export async function getFavorite(db: Db, who: Who, promptId: string): Promise<Favorite> {
  const found = await selectFavorites(db, who).where('prompts.id', '=', promptId).executeTakeFirst();
  if (found === undefined) throw new AppError('prompt.not_found');
  const { favoritedAt, ...prompt } = found;
  return { favoritedAt, prompt };
}
