import { z } from 'zod';
import { storedJsonObject } from '../values/json.ts';
import { TemplateFault } from './template-fault.ts';

/** What a version takes and answers, as two JSON Schemas. */
export const Signature = z
  .strictObject({
    inputs: storedJsonObject.meta({
      description: 'JSON Schema 2020-12 of all inputs: what the text reads, together with what its author declares.',
    }),
    output: storedJsonObject.nullable().meta({ description: 'JSON Schema of what a model answers; null means text.' }),
  })
  .meta({ id: 'Signature' });
export type Signature = z.infer<typeof Signature>;

/** A place where the declared inputs and the text of a version do not fit. */
export const InputConflict = z
  .strictObject({
    path: z.string().max(500).meta({ description: 'Of the input, as a JSON Pointer; `*` stands for each item.' }),
    code: z.enum(['type', 'undeclared']).meta({
      description: '`type`: no value is both. `undeclared`: the text reads what a closed declaration does not have.',
    }),
    message: z.string().max(500),
  })
  .meta({ id: 'InputConflict' });
export type InputConflict = z.infer<typeof InputConflict>;

/** Conflicts that are listed. */
export const MAX_INPUT_CONFLICTS = 50;

/** What a version that is read alone says of its text as a template. */
export const signedFields = {
  signature: Signature.nullable().meta({
    description: 'What it takes and answers; null where `templateFault` says why.',
  }),
  templateFault: TemplateFault.nullable().meta({
    description: 'Why its text cannot be rendered; null where it can.',
  }),
  inputConflicts: z.array(InputConflict).max(MAX_INPUT_CONFLICTS).meta({
    description: 'Where the declared inputs and the text do not fit: for the author to settle. The first 50.',
  }),
};
