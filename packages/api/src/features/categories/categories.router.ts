import { ListCountsInput, NameCountPage } from '@promptory/schemas';
import { procedure, router } from '../../trpc.ts';
import { listCategories } from './categories.queries.ts';

export const categoriesRouter = router({
  list: procedure
    .meta({
      can: 'prompt.list',
      rest: {
        method: 'GET',
        path: '/categories',
        summary: 'List the categories of the prompts that you may read, with counts',
        description:
          'In alphabetical order. Spellings that differ in case alone are one category, shown as it was first written.',
        tags: ['Categories and tags'],
      },
    })
    .input(ListCountsInput.prefault({}))
    .output(NameCountPage)
    .query(({ ctx, input }) => listCategories(ctx, input)),
});
