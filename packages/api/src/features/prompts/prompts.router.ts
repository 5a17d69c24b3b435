import {
  ById,
  ByIdAndRevision,
  ChangedPrompts,
  CreatedPrompts,
  CreateManyPromptsInput,
  CreatePromptInput,
  CurrentPrompt,
  DuplicatePromptInput,
  ListPromptsInput,
  ListTemplatesInput,
  PromptPage,
  PromptUsageInput,
  PromptUsagePage,
  PurgedTrash,
  RenderedPrompt,
  RenderPromptInput,
  RenderReferenceInput,
  RestoredPrompt,
  UpdateManyPromptsInput,
  UpdatePromptInput,
} from '@promptory/schemas';
import { z } from 'zod';
import { groupErrors, promptErrors } from '../../access/require.ts';
import { procedure, router, sessionProcedure } from '../../trpc.ts';
import { createPrompt } from './create-prompt.ts';
import { duplicatePrompt } from './duplicate-prompt.ts';
import { listPrompts, listTemplates } from './list-prompts.ts';
import { createManyPrompts } from './many/create-many.ts';
import { updateManyPrompts } from './many/update-many.ts';
import { listPromptUsage } from './prompts.queries.ts';
import { readPrompt } from './read-prompt.ts';
import { renderPrompt, renderReference } from './rendering/render-prompt.ts';
import { resolveProcedures } from './resolve/resolve.router.ts';
import { promptTag } from './shown-tag.ts';
import { deletePrompt } from './trash/delete-prompt.ts';
import { purgeOwnTrash, purgePrompt } from './trash/purge-own-trash.ts';
import { restorePrompt } from './trash/restore-prompt.ts';
import { updatePrompt } from './update-prompt.ts';

const tags = ['Prompts'];

/** Of a hundred prompts, which cost the database less together than each alone; as an import counts. */
const MANY_COST = 20;

export const promptsRouter = router({
  ...resolveProcedures,

  list: procedure
    .meta({
      can: 'prompt.list',
      cost: 2,
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts',
        summary: 'List and search the prompts that you may read',
        description:
          'A search finds whole words first, in titles, then tags and category, then contents; where these are few, also words with a slip. Its last word may be the beginning of one, "quotes" ask for a phrase, and a minus leaves a word out. It is sorted by relevance unless `sort` says otherwise, each prompt says as `match` what was found in it, and some hundreds of the best are looked at: where more match, filter, or ask for more words.',
        tags,
      },
    })
    .input(ListPromptsInput.prefault({}))
    .output(PromptPage)
    .query(({ ctx, input }) => listPrompts(ctx, input)),

  templates: procedure
    .meta({
      can: 'prompt.list',
      cost: 2,
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/templates',
        summary: 'List and search the templates that you may read',
        description:
          'Prompts that are meant to be copied, by `POST /prompts/{id}/duplicate`. A search is as that of prompts.',
        tags,
      },
    })
    .input(ListTemplatesInput.prefault({}))
    .output(PromptPage)
    .query(({ ctx, input }) => listTemplates(ctx, input)),

  get: procedure
    .meta({
      can: 'prompt.read',
      errors: promptErrors.read,
      // What is found is remembered by the feed, which reads there.
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/prompts/{id}',
        summary: 'Get the latest version of a prompt',
        description:
          'For its owner, the members of a group that its owner put it into, and, where it is public, everyone who is signed in. The ETag changes with everything that is shown: tags and category included, and what its includes promise.',
        tags,
        etag: promptTag,
      },
    })
    .input(ById)
    .output(CurrentPrompt)
    .query(({ ctx, input }) => readPrompt(ctx, input.id)),

  create: procedure
    .meta({
      can: 'prompt.create',
      cost: 2,
      creates: true,
      errors: ['prompt.slug_taken', 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/prompts',
        summary: 'Create a prompt',
        description:
          'A text prompt is made from `content`, a chat from `messages`. Without `slug` one is made from the title.',
        tags,
        status: 201,
        location: '/prompts/{id}',
      },
    })
    .input(CreatePromptInput)
    .output(CurrentPrompt)
    .mutation(({ ctx, input }) => createPrompt(ctx, input)),

  update: procedure
    .meta({
      can: 'prompt.update',
      cost: 2,
      errors: [
        ...promptErrors.edit,
        'prompt.version_conflict',
        'prompt.slug_taken',
        'quota.exceeded',
        'request.precondition_failed',
      ],
      rest: {
        method: 'PUT',
        path: '/prompts/{id}',
        summary: 'Change a prompt; other content is its next version',
        description:
          'With `baseVersion` nothing is written when that is no longer the latest version; with `revision`, or the ETag ' +
          'in If-Match, when anything has changed, tags and category included. ' +
          'Only its owner changes its visibility.',
        tags,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(UpdatePromptInput)
    .output(CurrentPrompt)
    .mutation(({ ctx, input }) => updatePrompt(ctx, input)),

  createMany: procedure
    .meta({
      can: 'prompt.create',
      cost: MANY_COST,
      creates: true,
      rest: {
        method: 'POST',
        path: '/prompts/many',
        summary: 'Create up to 100 prompts at once',
        description:
          'Each as `POST /prompts` takes it, and with a verdict of its own: one that is refused leaves the others. All of them are one transaction, so that after a failure with the same Idempotency-Key each is there once. The request has the size of any other; send fewer where they are long.',
        tags,
      },
    })
    .input(CreateManyPromptsInput)
    .output(CreatedPrompts)
    .mutation(({ ctx, input }) => createManyPrompts(ctx, input)),

  updateMany: procedure
    .meta({
      can: 'prompt.update',
      cost: MANY_COST,
      creates: true,
      rest: {
        method: 'PUT',
        path: '/prompts/many',
        summary: 'Change up to 100 prompts at once',
        description:
          'Each as `PUT /prompts/{id}` takes it, with its `id`, and with a verdict of its own: one that is refused leaves the others. `baseVersion` and `revision` are for each. All of them are one transaction, and with an Idempotency-Key are done once.',
        tags,
      },
    })
    .input(UpdateManyPromptsInput)
    .output(ChangedPrompts)
    .mutation(({ ctx, input }) => updateManyPrompts(ctx, input)),

  delete: procedure
    .meta({
      can: 'prompt.delete',
      errors: [...promptErrors.own, 'request.precondition_failed'],
      rest: {
        method: 'DELETE',
        path: '/prompts/{id}',
        summary: 'Put a prompt into the trash, for 30 days',
        description: 'It can be restored until then. Only its owner and administrators may do this, and see it there.',
        tags,
        status: 204,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(ByIdAndRevision)
    .output(z.void())
    .mutation(({ ctx, input }) => deletePrompt(ctx, input)),

  restore: procedure
    .meta({
      can: 'prompt.restore',
      errors: [...promptErrors.own, 'prompt.not_in_trash'],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/restore',
        summary: 'Take a prompt out of the trash',
        description:
          'With its versions, in the groups where it was. In the trash it holds no slug: where another prompt has taken it meanwhile, it gets a numbered one, and `formerSlug` says which it had.',
        tags,
      },
    })
    .input(ById)
    .output(RestoredPrompt)
    .mutation(({ ctx, input }) => restorePrompt(ctx, input.id)),

  purge: sessionProcedure
    .meta({
      can: 'prompt.purge',
      stepUp: 'always',
      errors: [...promptErrors.own, 'prompt.not_in_trash', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/purge',
        summary: 'Remove a prompt of your trash for good, with all its versions',
        description:
          'Nobody can take it back. Only its owner may, in a session; where others piled up very much on it, it is a 503 until it is done.',
        tags,
        status: 204,
      },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => purgePrompt(ctx, input.id)),

  purgeTrash: sessionProcedure
    .meta({
      can: 'prompt.purge',
      stepUp: 'always',
      cost: 10,
      errors: ['auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/prompts/trash/purge',
        summary: 'Empty your trash: remove for good what is in it',
        description:
          'The oldest first, up to 1,000 prompts with one call: while `more` is true, call again. What you delete in the meantime goes too.',
        tags,
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(PurgedTrash)
    .mutation(({ ctx }) => purgeOwnTrash(ctx)),

  duplicate: procedure
    .meta({
      can: 'prompt.copy',
      cost: 2,
      creates: true,
      errors: [...promptErrors.read, 'prompt.version_not_found', 'prompt.slug_taken', 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/duplicate',
        summary: 'Copy a prompt into your own, or use a template',
        description:
          'The copy is yours and private, begins with its own version 1, and remembers in `origin` what it was made of.',
        tags,
        status: 201,
        location: '/prompts/{id}',
      },
    })
    .input(DuplicatePromptInput)
    .output(CurrentPrompt)
    .mutation(({ ctx, input }) => duplicatePrompt(ctx, input)),

  render: procedure
    .meta({
      can: 'prompt.read',
      changesNothing: true,
      cost: 4,
      errors: [
        ...promptErrors.read,
        ...(['prompt.version_not_found', 'prompt.inputs_invalid', 'prompt.template_invalid'] as const),
      ],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/render',
        summary: 'Render a prompt with your values',
        description:
          'Text, or messages as models take them, with the settings to ask a model with and the version that was used. A value is put in as it is: markup in it is text. What is missing, unknown or of another type is refused, all of it at once, unless `lenient` is true.',
        tags,
      },
    })
    .input(RenderPromptInput)
    .output(RenderedPrompt)
    .mutation(({ ctx, input }) => renderPrompt(ctx, input)),

  renderRef: procedure
    .meta({
      can: 'prompt.read',
      changesNothing: true,
      cost: 4,
      errors: [
        ...promptErrors.read,
        ...(['prompt.version_not_found', 'label.not_found', 'request.conflict'] as const),
        ...(['prompt.inputs_invalid', 'prompt.template_invalid'] as const),
      ],
      rest: {
        method: 'POST',
        path: '/prompts/resolve/render',
        summary: 'Render the version that a reference names with your values',
        description:
          'As `POST /prompts/{id}/render` does, of what `GET /prompts/resolve` finds: `support/triage@production`.',
        tags,
      },
    })
    .input(RenderReferenceInput)
    .output(RenderedPrompt)
    .mutation(({ ctx, input }) => renderReference(ctx, input)),

  usage: procedure
    .meta({
      can: 'usage.read',
      errors: promptErrors.own,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/usage',
        summary: 'See how your prompt is used, by day, version and consumer',
        description: 'A row for each day, version and consumer. For its owner and administrators.',
        tags,
      },
    })
    .input(PromptUsageInput)
    .output(PromptUsagePage)
    .query(({ ctx, input }) => listPromptUsage(ctx, input)),
});
