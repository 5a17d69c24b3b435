import {
  CheckLabelInput,
  type ErrorCode,
  GetLabelInput,
  LabelCheck,
  LabelHistoryInput,
  LabelInput,
  LabelMovePage,
  ListLabelsInput,
  MoveLabelInput,
  PromptLabel,
  PromptLabelPage,
  RemoveLabelInput,
  UndoMoveInput,
} from '@promptory/schemas';
import { z } from 'zod';
import { promptErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { checkLabel, getReadableLabel, listLabelHistory, listLabels } from './labels.queries.ts';
import { moveLabel, removeLabel, undoMove } from './move-label.ts';
import { protectLabel, unprotectLabel } from './protect-label.ts';

const tags = ['Labels'];
/** What every move of a label may be refused by. */
const moveErrors: readonly ErrorCode[] = [
  ...promptErrors.edit,
  'prompt.version_not_found',
  'label.protected',
  'label.moved_since',
  'quota.exceeded',
];

export const labelsRouter = router({
  list: procedure
    .meta({
      can: 'prompt.read',
      errors: promptErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/labels',
        summary: 'List the labels of a prompt, by name',
        description: 'Each with the version that it points at. `latest` is not among them: it is the latest version.',
        tags,
      },
    })
    .input(ListLabelsInput)
    .output(PromptLabelPage)
    .query(({ ctx, input }) => listLabels(ctx, input)),

  get: procedure
    .meta({
      can: 'prompt.read',
      errors: [...promptErrors.read, 'label.not_found'],
      rest: {
        method: 'GET',
        path: '/prompts/{id}/labels/{label}',
        summary: 'Get where a label points, or pointed at a time',
        description: 'With `at`, `version` and `lastMove` are of that time.',
        tags,
      },
    })
    .input(GetLabelInput)
    .output(PromptLabel)
    .query(({ ctx, input }) => getReadableLabel(ctx.db, ctx.who, input)),

  move: procedure
    .meta({
      can: 'label.move',
      cost: 4,
      creates: true,
      errors: [...moveErrors, 'prompt.breaking_change'],
      rest: {
        method: 'PUT',
        path: '/prompts/{id}/labels/{label}',
        summary: 'Let a label point at a version',
        description:
          'One step that leaves a move in the history of the label. With `expectedVersion` it is done only where the label still points there. A version that breaks the callers of the one that it leaves, or where it points nowhere of the one that it left last, is refused, unless `acceptBreaking` says that it may, for a reason. Whoever edits the prompt may move a label; one that is protected, only the owner of the prompt and administrators.',
        tags,
      },
    })
    .input(MoveLabelInput)
    .output(PromptLabel)
    .mutation(({ ctx, input }) => moveLabel(ctx, input)),

  check: procedure
    .meta({
      can: 'prompt.read',
      cost: 4,
      errors: [...promptErrors.read, 'prompt.version_not_found'],
      rest: {
        method: 'GET',
        path: '/prompts/{id}/labels/{label}/check',
        summary: 'See what a move of a label would break, without moving it',
        description:
          'An input that is new and required, removed or narrowed, and an output that lost or widened what it promised. Where the label points nowhere, it is compared with the version that it served last.',
        tags,
      },
    })
    .input(CheckLabelInput)
    .output(LabelCheck)
    .query(({ ctx, input }) => checkLabel(ctx, input)),

  remove: procedure
    .meta({
      can: 'label.move',
      errors: [...moveErrors, 'label.not_found'],
      rest: {
        method: 'DELETE',
        path: '/prompts/{id}/labels/{label}',
        summary: 'Remove a label; its history stays',
        description: 'Programs that fetch the prompt by it are refused from then on.',
        tags,
        status: 204,
      },
    })
    .input(RemoveLabelInput)
    .output(z.void())
    .mutation(({ ctx, input }) => removeLabel(ctx, input)),

  history: procedure
    .meta({
      can: 'prompt.read',
      errors: promptErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/{id}/labels/{label}/history',
        summary: 'List the moves of a label, the last one first',
        description: 'From where, to where, by whom, why and when. With `at`, those up to that time.',
        tags,
      },
    })
    .input(LabelHistoryInput)
    .output(LabelMovePage)
    .query(({ ctx, input }) => listLabelHistory(ctx, input)),

  undo: procedure
    .meta({
      can: 'label.move',
      cost: 2,
      creates: true,
      errors: [...moveErrors, 'label.move_not_found', 'prompt.breaking_change'],
      rest: {
        method: 'POST',
        path: '/prompts/{id}/labels/{label}/undo',
        summary: 'Take the last move of a label back',
        description:
          'A move of its own, back to where the label pointed before, also where that breaks callers. One that was followed by another stays. To take back what took a move back goes forward again, so that it is refused where it breaks callers.',
        tags,
      },
    })
    .input(UndoMoveInput)
    .output(PromptLabel)
    .mutation(({ ctx, input }) => undoMove(ctx, input)),

  protect: procedure
    .meta({
      can: 'label.protect',
      errors: [...promptErrors.own, 'quota.exceeded'],
      rest: {
        method: 'PUT',
        path: '/prompts/{id}/labels/{label}/protection',
        summary: 'Let only the owner of the prompt and administrators move a label',
        description: 'Also one that points nowhere yet. Editors see it, and are refused where they move it.',
        tags,
        status: 204,
      },
    })
    .input(LabelInput)
    .output(z.void())
    .mutation(({ ctx, input }) => protectLabel(ctx, input)),

  unprotect: procedure
    .meta({
      can: 'label.protect',
      errors: promptErrors.own,
      rest: {
        method: 'DELETE',
        path: '/prompts/{id}/labels/{label}/protection',
        summary: 'Let whoever edits the prompt move a label again',
        tags,
        status: 204,
      },
    })
    .input(LabelInput)
    .output(z.void())
    .mutation(({ ctx, input }) => unprotectLabel(ctx, input)),
});
