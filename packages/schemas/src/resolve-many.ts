import { z } from 'zod';
import { PromptRefusal } from './many-prompts.ts';
import { Reference } from './prompts/references.ts';
import { MAX_REFERENCES, ResolvedPrompt } from './prompts/resolved.ts';
import { checkedAlone } from './values/each.ts';

export const ResolveManyInput = z.strictObject({
  refs: z
    .array(checkedAlone(Reference))
    .min(1)
    .max(MAX_REFERENCES)
    .describe('References, each as `ref` of `GET /prompts/resolve`.'),
});
export type ResolveManyInput = z.input<typeof ResolveManyInput>;

const Index = z.int().min(0).meta({ description: 'Its place in `refs` of the call, from 0.' });

const Resolved = z
  .strictObject({ index: Index, outcome: z.literal('resolved'), prompt: ResolvedPrompt })
  .meta({ id: 'ResolvedReference' });
const Refused = z
  .strictObject({ index: Index, outcome: z.literal('refused'), error: PromptRefusal })
  .meta({ id: 'RefusedReference' });

/** One verdict for each reference of the call, in its order. */
export const ResolvedPrompts = z
  .strictObject({ results: z.array(z.discriminatedUnion('outcome', [Resolved, Refused])).max(MAX_REFERENCES) })
  .meta({ id: 'ResolvedPrompts' });
export type ResolvedPrompts = z.infer<typeof ResolvedPrompts>;
