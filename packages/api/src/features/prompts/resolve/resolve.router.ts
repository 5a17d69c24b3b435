import {
  IncluderPage,
  IncludersInput,
  ListSignaturesInput,
  PromptSignaturePage,
  ResolvedPrompt,
  ResolvedPrompts,
  ResolveInput,
  ResolveManyInput,
  VersionUsePage,
  VersionUsesInput,
} from '@promptory/schemas';
import { promptErrors } from '../../../access/require.ts';
import { procedure } from '../../../trpc.ts';
import { listIncluders } from './includers.queries.ts';
import { listSignatures } from './list-signatures.ts';
import { resolveMany } from './resolve-many.ts';
import { resolvePrompt } from './resolve-prompt.ts';
import { listVersionUses } from './version-uses.queries.ts';

const tags = ['Prompts'];

/** Of a hundred references, which cost the database less together than each alone. */
const MANY_COST = 10;

/** Of a hundred signatures, most of which are kept. */
const SIGNATURES_COST = 4;

/** How programs fetch prompts, by name, and which versions they have fetched. */
export const resolveProcedures = {
  resolve: procedure
    .meta({
      can: 'prompt.read',
      errors: [...promptErrors.read, 'prompt.version_not_found', 'label.not_found', 'request.conflict'],
      rest: {
        method: 'GET',
        path: '/prompts/resolve',
        summary: 'Fetch the version of a prompt that a reference names',
        description:
          'What programs call: `ref=support/triage@production`, `ref=ann/support/triage%234`. The path is a slug of your own or, where you have none like it, the handle and the slug of somebody. Changing a slug or a handle changes the references that name it at once.',
        tags,
        etag: true,
      },
    })
    .input(ResolveInput)
    .output(ResolvedPrompt)
    .query(({ ctx, input }) => resolvePrompt(ctx, input)),

  resolveMany: procedure
    .meta({
      can: 'prompt.read',
      cost: MANY_COST,
      rest: {
        method: 'GET',
        path: '/prompts/resolve/many',
        summary: 'Fetch the versions that up to 100 references name',
        description:
          'Each with a verdict of its own: one that names nothing leaves the others. Where they are too long for one answer, the last ones are refused by `answer.too_large`: ask for those again. An address holds 16 KiB: send fewer where they are long.',
        tags,
      },
    })
    .input(ResolveManyInput)
    .output(ResolvedPrompts)
    .query(({ ctx, input }) => resolveMany(ctx, input)),

  signatures: procedure
    .meta({
      can: 'prompt.read',
      cost: SIGNATURES_COST,
      errors: ['group.not_found'],
      rest: {
        method: 'GET',
        path: '/prompts/signatures',
        summary: 'List what prompts take and answer, without their texts',
        description:
          'Of your own prompts, or of those of a group: the latest version of each, and every version that a label points at, once. What writes types asks for it: a thousand prompts are ten pages and more. A page may hold fewer than `limit` where signatures are large, or are not worked out yet.',
        tags,
      },
    })
    .input(ListSignaturesInput.prefault({}))
    .output(PromptSignaturePage)
    .query(({ ctx, input }) => listSignatures(ctx, input)),

  includers: procedure
    .meta({
      can: 'prompt.read',
      errors: promptErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/includers',
        summary: 'See which prompts include this one, before it is changed or deleted',
        description:
          'Of those that you may read: each version, with the name by which it includes it, and the version or the label that it takes.',
        tags,
      },
    })
    .input(IncludersInput)
    .output(IncluderPage)
    .query(({ ctx, input }) => listIncluders(ctx, input)),

  versionUses: procedure
    .meta({
      can: 'usage.read',
      errors: promptErrors.own,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/consumers',
        summary: 'See who still uses which version of your prompt, the latest version first',
        description:
          'A row for each version and consumer, with its first and last use within 400 days. For its owner and administrators.',
        tags,
      },
    })
    .input(VersionUsesInput)
    .output(VersionUsePage)
    .query(({ ctx, input }) => listVersionUses(ctx, input)),
};
