import { z } from 'zod';
import { ErrorCode, errorDetails, FieldError } from './errors.ts';
import { CreatePromptInput, UpdatePromptInput } from './prompts/prompts.ts';
import { checkedAlone } from './values/each.ts';
import { Id, Slug, VersionNumber } from './values/ids.ts';
import { Revision } from './values/revision.ts';

/** Prompts of one call that makes or changes many. */
export const MAX_PROMPTS_AT_ONCE = 100;
/** Faults that are named of one of many. */
export const MAX_FAULTS_OF_ONE = 10;

const many = <Schema extends z.ZodType>(one: Schema) =>
  z.strictObject({
    prompts: z.array(checkedAlone(one)).min(1).max(MAX_PROMPTS_AT_ONCE).describe('Each gets a verdict of its own.'),
  });

export const CreateManyPromptsInput = many(CreatePromptInput);
export type CreateManyPromptsInput = z.input<typeof CreateManyPromptsInput>;

export const UpdateManyPromptsInput = many(UpdatePromptInput);
export type UpdateManyPromptsInput = z.input<typeof UpdateManyPromptsInput>;

const Index = z.int().min(0).meta({ description: 'Its place in `prompts` of the call, from 0.' });

/** Where a prompt stands now; the prompt itself is as it was sent. */
const Receipt = { index: Index, id: Id, slug: Slug, version: VersionNumber, revision: Revision };

/** Why one of many was refused: the answer that it would have got alone. */
export const PromptRefusal = z
  .strictObject({
    code: ErrorCode,
    message: z.string().max(1000),
    errors: z.array(FieldError).max(MAX_FAULTS_OF_ONE),
    details: z.union([errorDetails['prompt.version_conflict'], errorDetails['quota.exceeded']]).nullable().meta({
      description: 'What the code adds; null where it adds nothing.',
    }),
  })
  .meta({ id: 'PromptRefusal' });
export type PromptRefusal = z.infer<typeof PromptRefusal>;

const RefusedPrompt = z
  .strictObject({ index: Index, outcome: z.literal('refused'), error: PromptRefusal })
  .meta({ id: 'RefusedPrompt' });

export const CreatedPrompt = z
  .strictObject({ outcome: z.literal('created'), ...Receipt })
  .meta({ id: 'CreatedPrompt' });

export const ChangedPrompt = z
  .strictObject({ outcome: z.enum(['updated', 'unchanged']), ...Receipt })
  .meta({ id: 'ChangedPrompt' });

const results = <Schema extends z.core.SomeType>(verdict: Schema) =>
  z.strictObject({ results: z.array(verdict).max(MAX_PROMPTS_AT_ONCE) });

/** One verdict for each prompt of the call, in its order. */
export const CreatedPrompts = results(z.discriminatedUnion('outcome', [CreatedPrompt, RefusedPrompt])).meta({
  id: 'CreatedPrompts',
});
export type CreatedPrompts = z.infer<typeof CreatedPrompts>;

/** One verdict for each prompt of the call, in its order. */
export const ChangedPrompts = results(z.discriminatedUnion('outcome', [ChangedPrompt, RefusedPrompt])).meta({
  id: 'ChangedPrompts',
});
export type ChangedPrompts = z.infer<typeof ChangedPrompts>;
