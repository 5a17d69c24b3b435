import { HistoryPage, PageInput } from '@promptory/schemas';
import { procedure, router } from '../../trpc.ts';
import { listHistory } from './history.queries.ts';

export const historyRouter = router({
  list: procedure
    .meta({
      can: 'usage.read',
      rest: {
        method: 'GET',
        path: '/users/history',
        summary: 'List your own uses of prompts, the newest first',
        description: 'Each with the prompt, where you may still read it, the version, and what used it.',
        tags: ['Library'],
      },
    })
    .input(PageInput.prefault({}))
    .output(HistoryPage)
    .query(({ ctx, input }) => listHistory(ctx, input)),
});
