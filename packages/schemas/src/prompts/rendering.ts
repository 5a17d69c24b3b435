import { z } from 'zod';
import { Id, VersionNumber } from '../values/ids.ts';
import { jsonObject, storedJsonObject } from '../values/json.ts';
import { MessageRole } from './messages.ts';
import { PromptKind } from './prompts.ts';
import { Reference } from './references.ts';

/** Characters of the values of one rendering, as JSON. */
const MAX_INPUTS_LENGTH = 500_000;

const values = {
  inputs: jsonObject(MAX_INPUTS_LENGTH)
    .optional()
    .meta({ description: 'A value for each input, by its name; markup in a value is text.' }),
  lenient: z
    .boolean()
    .optional()
    .meta({ description: 'What is missing is nothing and what is unknown is passed over, instead of a refusal.' }),
};

/** Without `version` the latest. */
export const RenderPromptInput = z
  .strictObject({
    id: Id,
    version: VersionNumber.optional().describe('Which version; the latest unless given.'),
    ...values,
  })
  .meta({ examples: [{ id: '01900000-0000-7000-8000-000000000001', inputs: { ticket: 'It does not start.' } }] });
export type RenderPromptInput = z.infer<typeof RenderPromptInput>;

/** The version that a reference names, such as the one in production. */
export const RenderReferenceInput = z
  .strictObject({ ref: Reference, ...values })
  .meta({ examples: [{ ref: 'support/triage@latest', inputs: { ticket: 'It does not start.' } }] });
export type RenderReferenceInput = z.infer<typeof RenderReferenceInput>;

/** A turn as a model takes it. Parts are as the prompt has them, or as the caller gave them for a placeholder. */
export const RenderedMessage = z
  .looseObject({
    role: MessageRole,
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })).max(50_000)]),
  })
  .meta({ id: 'RenderedMessage' });
export type RenderedMessage = z.infer<typeof RenderedMessage>;

/** What a version says with the values of a caller, and what else a program needs to ask a model. */
export const RenderedPrompt = z
  .strictObject({
    promptId: Id,
    version: VersionNumber.meta({ description: 'The version that was rendered.' }),
    kind: PromptKind,
    text: z.string().max(1_000_000).nullable().meta({ description: 'Of a text prompt.' }),
    messages: z.array(RenderedMessage).max(50_000).nullable().meta({ description: 'Of a chat.' }),
    config: storedJsonObject,
    outputSchema: storedJsonObject.nullable(),
  })
  .meta({ id: 'RenderedPrompt' });
export type RenderedPrompt = z.infer<typeof RenderedPrompt>;
