import { z } from 'zod';
import { faultOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { Id, Timestamp } from '../values/ids.ts';
import { pageOf } from '../values/page.ts';
import { name } from '../values/text.ts';
import { Scope } from './permissions.ts';

/** An API key, without its secret. */
export const ApiKey = z
  .strictObject({
    id: Id,
    name: z.string().max(100),
    /** The first and last characters, to recognise the key by. */
    hint: z.string().max(32),
    scopes: z.array(Scope).max(7),
    groupId: Id.nullable(),
    callsPerMinute: z.int().nullable(),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeyPage = pageOf(ApiKey).meta({ id: 'ApiKeyPage' });

/** What a key may do, and for how long. */
export const CreateApiKeyInput = z
  .strictObject({
    name: name(100).describe('What the key is recognised by, also in the history of what it did.'),
    scopes: z
      .array(Scope)
      .min(1)
      .max(7)
      .refine(
        (scopes) => new Set(scopes).size === scopes.length,
        faultOptions(fault('not_unique', {}, 'Must name each scope once')),
      )
      .describe('What the key may do.'),
    groupId: Id.optional().describe('Limits the key to one group and the prompts in it.'),
    callsPerMinute: z.int().min(1).max(10_000).optional().describe('A limit of its own, in place of that of all keys.'),
    expiresAt: Timestamp.optional().describe('When it ends; without it, when it is revoked.'),
  })
  .meta({ examples: [{ name: 'reader', scopes: ['prompts:read'] }] });
export type CreateApiKeyInput = z.infer<typeof CreateApiKeyInput>;

/** `key` is shown here and never again. */
export const CreatedApiKey = z.strictObject({ apiKey: ApiKey, key: z.string().max(100) }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
