import type { Template } from '../parse.ts';
import type { ChatTemplate } from '../rendering/messages.ts';
import { declaredWithIncluded } from './included-declarations.ts';
import { type InputSchema, inferInputs } from './infer-inputs.ts';
import { type MergedInputs, mergeInputs } from './merge-inputs.ts';

/**
 * What a linked prompt takes: what its texts read, together with what its author declares, and the authors of what it includes.
 *
 * @throws TemplateError where prompts that include one another are too many
 */
export function promptInputs(prompt: Template | ChatTemplate, declared: InputSchema | null): MergedInputs {
  const [templates, placeholders] = 'placeholders' in prompt ? [prompt.templates, prompt.placeholders] : [[prompt], []];
  const inferred = inferInputs(templates, placeholders);
  return mergeInputs(inferred, declaredWithIncluded(templates, inferred, declared));
}
