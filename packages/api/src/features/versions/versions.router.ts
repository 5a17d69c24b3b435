import {
  DiffInput,
  type ErrorCode,
  ListVersionsInput,
  PromptVersion,
  RestoreVersionInput,
  VersionDiff,
  VersionInput,
  VersionPage,
} from '@promptory/schemas';
import { promptErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { getDiff } from './diff-versions.ts';
import { restoreVersion } from './restore-version.ts';
import { getReadableVersion, listVersions } from './versions.queries.ts';

const tags = ['Versions'];
/** What reading one version answers. */
const versionErrors: readonly ErrorCode[] = [...promptErrors.read, 'prompt.version_not_found'];

export const versionsRouter = router({
  list: procedure
    .meta({
      can: 'prompt.read',
      errors: promptErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/versions',
        summary: 'List the versions of a prompt',
        description: 'The newest first, each with its author, time and change note, without its content.',
        tags,
      },
    })
    .input(ListVersionsInput)
    .output(VersionPage)
    .query(({ ctx, input }) => listVersions(ctx, input)),

  get: procedure
    .meta({
      can: 'prompt.read',
      errors: versionErrors,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/versions/{version}',
        summary: 'Get one version of a prompt',
        description: 'A version never changes once it is made.',
        tags,
        etag: true,
      },
    })
    .input(VersionInput)
    .output(PromptVersion)
    .query(({ ctx, input }) => getReadableVersion(ctx, input)),

  restore: procedure
    .meta({
      can: 'prompt.update',
      cost: 2,
      creates: true,
      errors: [...versionErrors, 'prompt.forbidden', 'prompt.version_conflict', 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/versions/{version}/restore',
        summary: 'Make a new version with the content of an earlier one',
        tags,
      },
    })
    .input(RestoreVersionInput)
    .output(PromptVersion)
    .mutation(({ ctx, input }) => restoreVersion(ctx, input)),

  diff: procedure
    .meta({
      can: 'prompt.read',
      cost: 4,
      errors: versionErrors,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/diff',
        summary: 'Compare two versions: texts in runs of lines and by word, the rest by path',
        tags,
      },
    })
    .input(DiffInput)
    .output(VersionDiff)
    .query(({ ctx, input }) => getDiff(ctx, input)),
});
