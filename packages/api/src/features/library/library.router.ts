import { LibraryInput, LibraryPage } from '@promptory/schemas';
import { procedure, router } from '../../trpc.ts';
import { listLibrary } from './library.queries.ts';

export const libraryRouter = router({
  list: procedure
    .meta({
      can: 'prompt.list',
      rest: {
        method: 'GET',
        path: '/users/library',
        summary: 'List what you own, have marked or were given through groups, and why',
        description: 'The last changed first. Each prompt stands there once, with every reason for it.',
        tags: ['Library'],
      },
    })
    .input(LibraryInput.prefault({}))
    .output(LibraryPage)
    .query(({ ctx, input }) => listLibrary(ctx, input)),
});
