import {
  AddedGroupEntry,
  AddGroupPromptInput,
  ByIdAndRevision,
  CreateGroupInput,
  GetGroupInput,
  Group,
  GroupEvent,
  GroupPage,
  GroupPromptInput,
  GroupWithPrompts,
  ListGroupsInput,
  ReorderGroupInput,
  UpdatedGroup,
  UpdateGroupInput,
  WatchGroupInput,
} from '@promptory/schemas';
import { eventsOf } from '@promptory/trpc-fastify/procedure';
import { z } from 'zod';
import { groupErrors, promptErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { createGroup } from './create-group.ts';
import { deleteGroup } from './delete-group.ts';
import { addPrompt } from './entries/add-prompt.ts';
import { removePrompt } from './entries/remove-prompt.ts';
import { reorderGroup } from './entries/reorder-group.ts';
import { getGroupWithPrompts, listGroups } from './groups.queries.ts';
import { updateGroup } from './update-group.ts';
import { watchGroup } from './watch/watch-group.ts';

const tags = ['Groups'];

export const groupsRouter = router({
  list: procedure
    .meta({
      can: 'group.list',
      rest: {
        method: 'GET',
        path: '/groups',
        summary: 'List the groups that you own or that are shared with you',
        description: 'Each with its owner, your role in it, and how many prompts and members it has.',
        tags,
      },
    })
    .input(ListGroupsInput.prefault({}))
    .output(GroupPage)
    .query(({ ctx, input }) => listGroups(ctx, input)),

  get: procedure
    .meta({
      can: 'group.read',
      cost: 3,
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/groups/{id}',
        summary: 'Get a group with its prompts in order, page by page',
        description:
          'A page goes on behind the last prompt of the one before, wherever that stands meanwhile. ' +
          'Pages with the same `updatedAt` are of one order.',
        tags,
        etag: { revision: 'revision', weakWith: 'nextCursor' },
      },
    })
    .input(GetGroupInput)
    .output(GroupWithPrompts)
    .query(({ ctx, input }) => getGroupWithPrompts(ctx, input)),

  watch: procedure
    .meta({
      can: 'group.read',
      cost: 4,
      batch: false,
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/groups/{id}/watch',
        summary: 'Be told what a group is, and whenever that changes',
        description:
          'Server-sent events, for as long as you stay: its name and description, its prompts that you may read, in order, ' +
          'how many members it has, and your role; again whenever one of these is another one, or its members are; `none` once it is ' +
          'gone, or nothing that you may read any more. A client that comes back with the id of its last event is told what it missed. ' +
          'The stream ends where your key or session does.',
        tags,
      },
    })
    .input(WatchGroupInput)
    .output(eventsOf(GroupEvent))
    .subscription(({ ctx, input }) => watchGroup(ctx, input)),

  create: procedure
    .meta({
      can: 'group.create',
      creates: true,
      errors: ['quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/groups',
        summary: 'Make a group',
        description: 'You own it, and it is yours alone until you share it.',
        tags,
        status: 201,
        location: '/groups/{id}',
      },
    })
    .input(CreateGroupInput)
    .output(Group)
    .mutation(({ ctx, input }) => createGroup(ctx, input)),

  update: procedure
    .meta({
      can: 'group.update',
      cost: 3,
      errors: [...groupErrors.edit, 'request.precondition_failed'],
      rest: {
        method: 'PUT',
        path: '/groups/{id}',
        summary: "Change a group's name and description",
        description:
          'With `revision`, as `GET /groups/{id}` without parameters gives it, nothing is changed that others have changed.',
        tags,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(UpdateGroupInput)
    .output(UpdatedGroup)
    .mutation(({ ctx, input }) => updateGroup(ctx, input)),

  delete: procedure
    .meta({
      can: 'group.delete',
      errors: [...groupErrors.own, 'request.precondition_failed'],
      rest: {
        method: 'DELETE',
        path: '/groups/{id}',
        summary: 'Delete a group',
        description: 'Its prompts stay with their owners.',
        tags,
        status: 204,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(ByIdAndRevision)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteGroup(ctx, input)),

  addPrompt: procedure
    .meta({
      can: 'group.arrange',
      creates: true,
      errors: [...groupErrors.edit, ...promptErrors.edit, 'group.already_contains', 'group.full'],
      rest: {
        method: 'POST',
        path: '/groups/{id}/prompts',
        summary: 'Add a prompt to a group',
        description:
          'Your own prompt becomes readable to the members, and editable to the editors. A public prompt of somebody else is listed, and grants nothing.',
        tags,
        status: 201,
        location: '/groups/{groupId}',
      },
    })
    .input(AddGroupPromptInput)
    .output(AddedGroupEntry)
    .mutation(({ ctx, input }) => addPrompt(ctx, input)),

  removePrompt: procedure
    .meta({
      can: 'group.arrange',
      errors: [...groupErrors.edit, 'group.prompt_not_in_group'],
      rest: {
        method: 'DELETE',
        path: '/groups/{id}/prompts/{promptId}',
        summary: 'Take a prompt out of a group',
        description:
          'The prompt itself stays with its owner; members who could read it through this group alone no longer can. For the owner and the editors of the group.',
        tags,
        status: 204,
      },
    })
    .input(GroupPromptInput)
    .output(z.void())
    .mutation(({ ctx, input }) => removePrompt(ctx, input)),

  reorder: procedure
    .meta({
      can: 'group.arrange',
      cost: 3,
      errors: [...groupErrors.edit, 'group.prompt_not_in_group', 'group.order_mismatch', 'request.precondition_failed'],
      rest: {
        method: 'PUT',
        path: '/groups/{id}/reorder',
        summary: 'Reorder the prompts of a group',
        description:
          'Takes the whole order (`promptIds`), or one move (`promptId`, and `before` or `after` another). ' +
          'Answers the first page of the new order, as `GET /groups/{id}` does. With `revision`, or with the ETag of ' +
          '`GET /groups/{id}` in If-Match, an order that others have changed meanwhile stays.',
        tags,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(ReorderGroupInput)
    .output(GroupWithPrompts)
    .mutation(({ ctx, input }) => reorderGroup(ctx, input)),
});
