import { OwnAccount, UpdateMeInput } from '@promptory/schemas';
import { z } from 'zod';
import { procedure, router, sessionProcedure } from '../../trpc.ts';
import { ownInvitationsRouter } from './invitations/own-invitations.router.ts';
import { getOwnAccount } from './own-account.queries.ts';
import { updateMe } from './update-me.ts';

const tags = ['Users'];

export const meRouter = router({
  get: procedure
    .meta({
      can: 'account.read',
      errors: ['user.not_found'],
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/users/me',
        summary: 'Your own account, and what of its quotas is used',
        description: 'With an API key, the account of its owner.',
        tags,
        etag: { revision: 'revision' },
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(OwnAccount)
    .query(({ ctx }) => getOwnAccount(ctx)),

  update: sessionProcedure
    .meta({
      can: 'account.update',
      stepUp: { whenGiven: 'email' },
      errors: [
        'user.not_found',
        'user.handle_taken',
        'auth.invalid_credentials',
        'auth.session_ended',
        'auth.registration_closed',
        'request.precondition_failed',
      ],
      rest: {
        method: 'PUT',
        path: '/users/me',
        summary: 'Change your own account',
        description:
          'A new e-mail address is `pendingEmail` until the link that is sent to it is opened, and then takes effect.',
        tags,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(UpdateMeInput)
    .output(OwnAccount)
    .mutation(({ ctx, input }) => updateMe(ctx, input)),

  invitations: ownInvitationsRouter,
});
