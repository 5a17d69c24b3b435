import { Favorite, FavoritePage, PageInput, PromptIdInput } from '@promptory/schemas';
import { z } from 'zod';
import { promptErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { addFavorite } from './add-favorite.ts';
import { listFavorites } from './favorites.queries.ts';
import { removeFavorite } from './remove-favorite.ts';

const tags = ['Favorites'];

export const favoritesRouter = router({
  list: procedure
    .meta({
      can: 'prompt.list',
      rest: {
        method: 'GET',
        path: '/users/favorites',
        summary: 'List your favorites, the newest first',
        description: 'Those that you may still read, each with when you marked it.',
        tags,
      },
    })
    .input(PageInput.prefault({}))
    .output(FavoritePage)
    .query(({ ctx, input }) => listFavorites(ctx, input)),

  add: procedure
    .meta({
      can: 'prompt.favorite',
      errors: [...promptErrors.read, 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/users/favorites/{promptId}',
        summary: 'Mark a prompt as a favorite',
        description: 'Any prompt that you may read. Marking it again changes nothing.',
        tags,
      },
    })
    .input(PromptIdInput)
    .output(Favorite)
    .mutation(({ ctx, input }) => addFavorite(ctx, input.promptId)),

  remove: procedure
    .meta({
      can: 'prompt.favorite',
      errors: promptErrors.read,
      rest: {
        method: 'DELETE',
        path: '/users/favorites/{promptId}',
        summary: 'Take a prompt off your favorites',
        description: 'Answers the same where it was not one.',
        tags,
        status: 204,
      },
    })
    .input(PromptIdInput)
    .output(z.void())
    .mutation(({ ctx, input }) => removeFavorite(ctx, input.promptId)),
});
