import { GroupInvitationPage, InvitationInput, ListInvitationsInput } from '@promptory/schemas';
import { z } from 'zod';
import { groupErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { listInvitations } from './invitations.queries.ts';
import { withdrawInvitation } from './withdraw-invitation.ts';

const tags = ['Groups'];

export const invitationsRouter = router({
  list: procedure
    .meta({
      can: 'group.share',
      errors: groupErrors.own,
      rest: {
        method: 'GET',
        path: '/groups/{id}/invitations',
        summary: 'List the addresses invited to a group, and what became of it',
        description:
          'The newest first; `state` says whether each is open, or was accepted or declined. For the owner of the group.',
        tags,
      },
    })
    .input(ListInvitationsInput)
    .output(GroupInvitationPage)
    .query(({ ctx, input }) => listInvitations(ctx, input)),

  withdraw: procedure
    .meta({
      can: 'group.share',
      errors: [...groupErrors.own, 'group.invitation_not_found'],
      rest: {
        method: 'DELETE',
        path: '/groups/{id}/invitations/{invitationId}',
        summary: 'Take back an invitation',
        description: 'Whom it names can no longer accept it. For the owner of the group.',
        tags,
        status: 204,
      },
    })
    .input(InvitationInput)
    .output(z.void())
    .mutation(({ ctx, input }) => withdrawInvitation(ctx, input)),
});
