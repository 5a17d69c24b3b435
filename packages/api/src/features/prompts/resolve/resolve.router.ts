import {
  IncluderPage,
  IncludersInput,
  ListSignaturesInput,
  PromptEvent,
  PromptSignaturePage,
  ResolvedPrompt,
  ResolvedPrompts,
  ResolveInput,
  ResolveManyInput,
  VersionUsePage,
  VersionUsesInput,
  WatchPromptsInput,
} from '@promptory/schemas';
import { eventsOf } from '@promptory/trpc-fastify/procedure';
import { promptErrors } from '../../../access/require.ts';
import { procedure } from '../../../trpc.ts';
import { watchPrompts } from '../watch/watch-prompts.ts';
import { listIncluders } from './includers.queries.ts';
import { listSignatures } from './list-signatures.ts';
import { resolveMany } from './resolve-many.ts';
import { resolvePrompt } from './resolve-prompt.ts';
import { listVersionUses } from './version-uses.queries.ts';

const tags = ['Prompts'];

/** Of a hundred references, which cost the database less together than each alone. */
const MANY_COST = 10;

/** Of a hundred references, looked up as often as they change. */
const WATCH_COST = 4;

/** Of a hundred signatures, most of which are kept. */
const SIGNATURES_COST = 4;

/** How programs fetch prompts, by name, and which versions they have fetched. */
export const resolveProcedures = {
  resolve: procedure
    .meta({
      can: 'prompt.read',
      errors: [...promptErrors.read, 'prompt.version_not_found', 'label.not_found', 'request.conflict'],
      // What is found is remembered by the feed, which reads there; and who watches references is told of what is there.
      reads: 'primary',
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
      reads: 'primary',
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

  watch: procedure
    .meta({
      can: 'prompt.read',
      cost: WATCH_COST,
      batch: false,
      rest: {
        method: 'GET',
        path: '/prompts/watch',
        summary: 'Be told where references lead, and whenever that changes',
        description:
          'Server-sent events, for as long as you stay: where each reference leads, and again whenever that is another version, or a text that it includes is; `none` where it leads nowhere, or nowhere that you may read any more. A client that comes back with the id of its last event is told what it missed. The stream ends where your key or session does.',
        tags,
      },
    })
    .input(WatchPromptsInput)
    .output(eventsOf(PromptEvent))
    .subscription(({ ctx, input }) => watchPrompts(ctx, input)),

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
