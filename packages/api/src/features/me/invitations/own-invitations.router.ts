import { AcceptedInvitation, ById, OwnInvitationPage, PageInput } from '@promptory/schemas';
import { z } from 'zod';
import { procedure, router, sessionProcedure } from '../../../trpc.ts';
import { acceptInvitation, declineInvitation } from './answer-invitation.ts';
import { listOwnInvitations } from './own-invitations.queries.ts';

const tags = ['Users'];

export const ownInvitationsRouter = router({
  list: procedure
    .meta({
      can: 'invitation.list',
      rest: {
        method: 'GET',
        path: '/users/invitations',
        summary: 'List the groups that your address is invited to',
        description: 'Those that can be answered still. Where addresses must be verified, one that is not has none.',
        tags,
      },
    })
    .input(PageInput.prefault({}))
    .output(OwnInvitationPage)
    .query(({ ctx, input }) => listOwnInvitations(ctx, input)),

  accept: sessionProcedure
    .meta({
      can: 'invitation.answer',
      errors: ['group.invitation_not_found', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/users/invitations/{id}/accept',
        summary: 'Accept an invitation, and enter its group',
        description: 'Makes you a member with the role that was offered, and answers the group.',
        tags,
      },
    })
    .input(ById)
    .output(AcceptedInvitation)
    .mutation(({ ctx, input }) => acceptInvitation(ctx, input)),

  decline: sessionProcedure
    .meta({
      can: 'invitation.answer',
      errors: ['group.invitation_not_found', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/users/invitations/{id}/decline',
        summary: 'Decline an invitation',
        description: "The group's owner sees that you declined.",
        tags,
        status: 204,
      },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => declineInvitation(ctx, input)),
});
