import {
  AddedMember,
  AddMemberInput,
  type ErrorCode,
  GroupMember,
  GroupMemberPage,
  ListMembersInput,
  MemberInput,
  UpdateMemberInput,
} from '@promptory/schemas';
import { z } from 'zod';
import { groupErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { addMember } from './add-member.ts';
import { listMembers } from './members.queries.ts';
import { removeMember } from './remove-member.ts';
import { updateMember } from './update-member.ts';

const tags = ['Groups'];
const changeErrors: readonly ErrorCode[] = [...groupErrors.own, 'group.member_not_found', 'group.owner_stays'];

export const membersRouter = router({
  list: procedure
    .meta({
      can: 'group.read',
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/groups/{id}/members',
        summary: 'List the owner and the members of a group',
        description: 'The owner first, then in the order in which they joined. For everyone who may read the group.',
        tags,
      },
    })
    .input(ListMembersInput)
    .output(GroupMemberPage)
    .query(({ ctx, input }) => listMembers(ctx, input)),

  add: procedure
    .meta({
      can: 'group.share',
      creates: true,
      errors: [...groupErrors.own, 'group.already_member', 'user.not_found', 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/groups/{id}/members',
        summary: 'Share a group with a person',
        description:
          'An address of an account makes a member at once, where addresses must be verified a verified one; others are invited for 30 days, and answer at `/users/invitations`, or by verifying. Beyond the limit of mails that the caller may cause, nobody is invited (`limit.exceeded`), and members are added without a mail.',
        tags,
        status: 201,
      },
    })
    .input(AddMemberInput)
    .output(AddedMember)
    .mutation(({ ctx, input }) => addMember(ctx, input)),

  update: procedure
    .meta({
      can: 'group.share',
      errors: changeErrors,
      rest: {
        method: 'PUT',
        path: '/groups/{id}/members/{userId}',
        summary: "Change a member's role",
        description: '`owner` hands the group over; its former owner stays as an editor.',
        tags,
      },
    })
    .input(UpdateMemberInput)
    .output(GroupMember)
    .mutation(({ ctx, input }) => updateMember(ctx, input)),

  remove: procedure
    .meta({
      can: 'group.leave',
      errors: changeErrors,
      rest: {
        method: 'DELETE',
        path: '/groups/{id}/members/{userId}',
        summary: 'Remove a member from a group, or leave it',
        description:
          'The owner removes anyone but themselves, who hand the group over first; everyone else removes only themselves. What they could read through the group alone, they no longer can.',
        tags,
        status: 204,
      },
    })
    .input(MemberInput)
    .output(z.void())
    .mutation(({ ctx, input }) => removeMember(ctx, input)),
});
