import { ListCountsInput, NameCountPage } from '@promptory/schemas';
import { procedure, router } from '../../trpc.ts';
import { listTags } from './tags.queries.ts';

export const tagsRouter = router({
  list: procedure
    .meta({
      can: 'prompt.list',
      rest: {
        method: 'GET',
        path: '/tags',
        summary: 'List the tags of the prompts that you may read, with counts',
        description:
          'In alphabetical order. Spellings that differ in case alone are one tag, shown as it was first written.',
        tags: ['Categories and tags'],
      },
    })
    .input(ListCountsInput.prefault({}))
    .output(NameCountPage)
    .query(({ ctx, input }) => listTags(ctx, input)),
});
