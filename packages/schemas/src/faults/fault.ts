import { z } from 'zod';

/** What is wrong with a field, for programs and for translations; a code is never given another meaning. */
export const FaultCode = z
  .enum([
    'required',
    'invalid_type',
    'invalid_value',
    'invalid_format',
    'too_small',
    'too_big',
    'not_multiple_of',
    'unrecognized_key',
    'invalid_key',
    'invalid_union',
    'one_of_fields',
    'not_unique',
    'taken',
    'reserved',
    'not_allowed',
    'not_of_kind',
    'not_in_future',
    'nul_character',
    'broken_unicode',
    'control_character',
    'direction_mark',
    'nothing_visible',
    'name_too_long',
    'not_kept',
    'invalid_schema',
    'common_password',
    'wrong_password',
    'own_address',
    'same_password',
    'out_of_place',
    'invalid',
  ])
  .meta({ id: 'FieldErrorCode' });
export type FaultCode = z.infer<typeof FaultCode>;

/** What the sentence of a code is made of; which of these a code has, docs/errors.md says. */
export const FaultParams = z
  .strictObject({
    expected: z
      .enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null', 'bytes', 'nothing', 'other'])
      .optional()
      .describe('The type that the field has.'),
    values: z
      .array(z.union([z.string().max(200), z.number(), z.boolean(), z.null()]))
      .max(100)
      .optional()
      .describe('The values that the field may have.'),
    minimum: z.number().optional().describe('The least that there may be, of the `unit` or of the number itself.'),
    maximum: z.number().optional().describe('The most that there may be, of the `unit` or of the number itself.'),
    unit: z
      .enum(['characters', 'items', 'bytes', 'levels'])
      .optional()
      .describe('What is counted; left out where the number itself is too small or too large.'),
    exact: z.boolean().optional().describe('True where there may be neither more nor less.'),
    exclusive: z.boolean().optional().describe('True where the bound itself is out of bounds.'),
    maximumBytes: z.number().optional().describe('The most bytes that the value may have as JSON, beside `maximum`.'),
    format: z.string().max(50).optional().describe('The form of a text: `uuid`, `email`, `handle`.'),
    divisor: z.number().optional(),
    fields: z.array(z.string().max(100)).max(20).optional().describe('The fields of which one is to be given.'),
    kind: z.enum(['text', 'chat']).optional().describe('The kind of the prompt, which has no such field.'),
    character: z.string().max(10).optional().describe('The character that is refused: `U+0007`.'),
    at: z.string().max(200).optional().describe('Where within the JSON of the field it stands.'),
  })
  .meta({ id: 'FieldErrorParams' });
export type FaultParams = z.infer<typeof FaultParams>;

/** What is wrong with a field: the code, what its sentence is made of, and the sentence. */
export interface Diagnosis {
  readonly code: FaultCode;
  readonly params: FaultParams;
  /** What was expected there; it never repeats what was sent. */
  readonly message: string;
}
