import { z } from 'zod';
import { PublicUser, Slug } from '../values/ids.ts';
import { MAX_LABEL_LENGTH } from './labels.ts';
import { PromptKind } from './prompts.ts';
import { Reference } from './references.ts';
import { PromptVersion } from './versions.ts';

/** References that one call resolves. */
export const MAX_REFERENCES = 100;

/** The version that a reference names. */
export const ResolvedPrompt = z
  .strictObject({
    ...PromptVersion.shape,
    kind: PromptKind,
    ref: z.string().max(200).meta({ description: 'Its handle and slug: names it for everybody.' }),
    slug: Slug,
    owner: PublicUser,
    label: z
      .string()
      .max(MAX_LABEL_LENGTH)
      .nullable()
      .meta({ description: 'The label by which it was found; null where the reference names a version.' }),
  })
  .meta({ id: 'ResolvedPrompt' });
export type ResolvedPrompt = z.infer<typeof ResolvedPrompt>;

export const ResolveInput = z.strictObject({ ref: Reference });
export type ResolveInput = z.infer<typeof ResolveInput>;
