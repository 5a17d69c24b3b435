import { ChooseMailsInput, CurrentPreferences, MailChoice, UpdatePreferencesInput } from '@promptory/schemas';
import { z } from 'zod';
import { open, procedure, router, sessionProcedure } from '../../trpc.ts';
import { chooseMails } from './choose-mails.ts';
import { getCurrentPreferences } from './preferences.queries.ts';
import { updatePreferences } from './update-preferences.ts';

const tags = ['Users'];

export const preferencesRouter = router({
  get: procedure
    .meta({
      can: 'account.read',
      errors: ['user.not_found'],
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/users/preferences',
        summary: 'Your preferences',
        description: 'All of them, those that were never set with their defaults.',
        tags,
        etag: { revision: 'revision' },
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(CurrentPreferences)
    .query(({ ctx }) => getCurrentPreferences(ctx.db, ctx.who.userId)),

  update: sessionProcedure
    .meta({
      can: 'account.update',
      errors: ['user.not_found', 'auth.session_ended', 'request.precondition_failed'],
      rest: {
        method: 'PUT',
        path: '/users/preferences',
        summary: 'Change some of your preferences',
        description: 'What is left out stays as it is; an unknown key is refused.',
        tags,
        ifMatch: { tags: 'revision' },
      },
    })
    .input(UpdatePreferencesInput)
    .output(CurrentPreferences)
    .mutation(({ ctx, input }) => updatePreferences(ctx, input)),

  chooseMails: open
    .meta({
      can: 'account.chooseMails',
      errors: ['auth.link_invalid'],
      rest: {
        method: 'PUT',
        path: '/users/preferences/mails',
        summary: 'Turn mails of one kind on or off by the link that stands in them',
        description:
          'The token is that of the link at the end of a mail that can be turned off. It works while the account has the address that the mail went to, and for whoever reads it: no session is needed.',
        tags,
      },
    })
    .input(ChooseMailsInput)
    .output(MailChoice)
    .mutation(({ ctx, input }) => chooseMails(ctx, input)),
});
