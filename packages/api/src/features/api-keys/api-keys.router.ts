import { ApiKeyPage, ById, CreateApiKeyInput, CreatedApiKey, PageInput } from '@promptory/schemas';
import { z } from 'zod';
import { groupErrors } from '../../access/require.ts';
import { router, sessionProcedure } from '../../trpc.ts';
import { listApiKeys } from './api-keys.queries.ts';
import { createApiKey } from './create-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';

const tags = ['API keys'];

export const apiKeysRouter = router({
  list: sessionProcedure
    .meta({
      can: 'apiKey.list',
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/users/api-keys',
        summary: 'List your API keys',
        description:
          'The newest first, with their scopes and what they are limited to; the keys themselves are never shown again.',
        tags,
      },
    })
    .input(PageInput.prefault({}))
    .output(ApiKeyPage)
    .query(({ ctx, input }) => listApiKeys(ctx, input)),

  create: sessionProcedure
    .meta({
      can: 'apiKey.create',
      stepUp: 'always',
      creates: true,
      // Each leaves an audit entry that is kept for years, as does revoking it.
      cost: 20,
      errors: [...groupErrors.read, 'quota.exceeded', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/users/api-keys',
        summary: 'Make an API key',
        description: 'The key is in this answer and is never shown again.',
        tags,
        status: 201,
        location: '/users/api-keys/{apiKey.id}',
      },
    })
    .input(CreateApiKeyInput)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx, input)),

  revoke: sessionProcedure
    .meta({
      can: 'apiKey.revoke',
      errors: ['api_key.not_found', 'auth.session_ended'],
      rest: {
        method: 'DELETE',
        path: '/users/api-keys/{id}',
        summary: 'Revoke an API key',
        description: 'The next call with the key is refused.',
        tags,
        status: 204,
      },
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => revokeApiKey(ctx, input)),
});
