import {
  AccountRecord,
  DeleteMeInput,
  DeletionPlan,
  DeletionPlanInput,
  OwnAccount,
  UpdateMeInput,
} from '@promptory/schemas';
import { streamOf } from '@promptory/trpc-fastify/procedure';
import { z } from 'zod';
import { procedure, router, sessionProcedure } from '../../trpc.ts';
import { deleteMe } from './deletion/delete-me.ts';
import { planDeletion } from './deletion/plan-deletion.ts';
import { exportAccount } from './export/export-account.ts';
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

  export: sessionProcedure
    .meta({
      can: 'account.export',
      stepUp: 'always',
      cost: 20,
      limit: 'export',
      errors: ['user.not_found'],
      rest: {
        method: 'GET',
        path: '/users/me/export',
        summary: 'Everything that is kept of your account',
        description:
          'JSON lines, each of a `type`: the account and its preferences, sessions and keys without their secrets, prompts with all versions, labels, their moves and uses by day, groups with what is in them and with whom they are shared, invitations, favourites, your own uses, what you did as the audit log has it, and attempts to sign in.',
        tags,
        stream: { item: AccountRecord },
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(streamOf(AccountRecord))
    .query(({ ctx }) => exportAccount(ctx)),

  deletion: sessionProcedure
    .meta({
      can: 'account.delete',
      cost: 20,
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/users/me/deletion',
        summary: 'What would become of your groups and prompts if you deleted your account',
        description:
          'A group passes to the active editor who has been a member longest. A prompt passes to the owner of the first group that you put it into, of those that other people own or that pass on; together with all that passes to the same person, or not at all where their quotas lack room. Everything else is removed.',
        tags,
      },
    })
    .input(DeletionPlanInput.prefault({}))
    .output(DeletionPlan)
    .query(({ ctx, input }) => planDeletion(ctx, input)),

  // Not DELETE /users/me: the password belongs in a body, and addresses end up in logs.
  delete: sessionProcedure
    .meta({
      can: 'account.delete',
      stepUp: 'always',
      cost: 10,
      errors: ['user.last_admin', 'auth.invalid_credentials', 'auth.session_ended', 'request.precondition_failed'],
      rest: {
        method: 'POST',
        path: '/users/me/deletion',
        summary: 'Delete your account',
        description:
          'For good, and as `GET /users/me/deletion` shows: with its `revision` nothing is deleted where it would show something else now. Every session ends and every key stops at once, and the address is free; the rest follows within moments. The last active administrator is not deleted.',
        tags,
        status: 204,
      },
    })
    .input(DeleteMeInput)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteMe(ctx, input)),

  invitations: ownInvitationsRouter,
});
