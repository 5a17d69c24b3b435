import {
  ById,
  CreateReleaseInput,
  ListReleasesInput,
  MadeRelease,
  ReleasePage,
  UndoReleaseInput,
  WholeRelease,
} from '@promptory/schemas';
import { promptErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { makeRelease, undoRelease } from './make-release.ts';
import { getRelease, listReleases } from './releases.queries.ts';

const tags = ['Labels'];

/** Of a hundred prompts, which are locked and moved as one. */
const MANY_COST = 10;

export const releasesRouter = router({
  list: procedure
    .meta({
      can: 'prompt.read',
      cost: 2,
      errors: promptErrors.read,
      rest: {
        method: 'GET',
        path: '/releases',
        summary: 'List your own releases, or those of a prompt, the newest first',
        tags,
      },
    })
    .input(ListReleasesInput.prefault({}))
    .output(ReleasePage)
    .query(({ ctx, input }) => listReleases(ctx, input)),

  get: procedure
    .meta({
      can: 'prompt.read',
      errors: ['release.not_found'],
      rest: {
        method: 'GET',
        path: '/releases/{id}',
        summary: 'Get a release with its moves',
        description: 'Of the prompts that you may read.',
        tags,
      },
    })
    .input(ById)
    .output(WholeRelease)
    .query(({ ctx, input }) => getRelease(ctx.db, ctx.who, input.id)),

  create: procedure
    .meta({
      can: 'label.move',
      cost: MANY_COST,
      creates: true,
      errors: ['release.refused'],
      rest: {
        method: 'POST',
        path: '/releases',
        summary: 'Move a label on up to 100 prompts, all or none',
        description:
          'As `PUT /prompts/{id}/labels/{label}` does with each. Where one is refused none is moved, and the answer says of each why. What points there already stays.',
        tags,
      },
    })
    .input(CreateReleaseInput)
    .output(MadeRelease)
    .mutation(({ ctx, input }) => makeRelease(ctx, input)),

  undo: procedure
    .meta({
      can: 'label.move',
      cost: MANY_COST,
      creates: true,
      errors: ['release.not_found', 'release.refused'],
      rest: {
        method: 'POST',
        path: '/releases/{id}/undo',
        summary: 'Take a release back, all or nothing',
        description: 'As a release of its own, where none of the labels has moved since.',
        tags,
      },
    })
    .input(UndoReleaseInput)
    .output(MadeRelease)
    .mutation(({ ctx, input }) => undoRelease(ctx, input)),
});
