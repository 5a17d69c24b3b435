import { FieldErrorCode, type FieldErrorParams, fault } from '@promptory/schemas';

/** For each code of `errors` what may come with it; the sentences are those that callers read. */
const examples: Readonly<Record<FieldErrorCode, readonly [FieldErrorParams, ...FieldErrorParams[]]>> = {
  required: [{ expected: 'string' }, { values: ['viewer', 'editor'] }, {}],
  invalid_type: [{ expected: 'integer' }],
  invalid_value: [{ values: ['private', 'public'] }],
  invalid_format: [{ format: 'uuid' }, { format: 'handle' }],
  too_small: [{ minimum: 1, unit: 'characters' }, { minimum: 10, unit: 'characters' }, { minimum: 1 }],
  too_big: [
    { maximum: 200, unit: 'characters' },
    { maximum: 20, unit: 'items' },
    { maximum: 100 },
    { maximum: 65_536, unit: 'characters', maximumBytes: 196_608 },
  ],
  not_multiple_of: [{ divisor: 5 }],
  unrecognized_key: [{}],
  invalid_key: [{}],
  invalid_union: [{}],
  one_of_fields: [{ fields: ['email', 'handle'] }],
  not_unique: [{}],
  taken: [{}],
  reserved: [{}],
  not_allowed: [{}],
  not_of_kind: [{ kind: 'text' }],
  not_in_future: [{}],
  nul_character: [{}, { at: 'tools.0.name' }],
  broken_unicode: [{}, { at: 'tools.0.name' }],
  control_character: [{ character: 'U+0007' }],
  direction_mark: [{ character: 'U+202E' }],
  nothing_visible: [{}],
  name_too_long: [{ maximum: 200 }],
  not_kept: [{}],
  invalid_schema: [{ at: '/properties/name/type' }],
  common_password: [{}],
  wrong_password: [{}],
  own_address: [{}],
  same_password: [{}],
  out_of_place: [{}],
  invalid: [{}],
};

/** One code of a field: the names of its parameters, and its sentences. */
export interface DescribedFieldError {
  readonly code: FieldErrorCode;
  readonly params: readonly string[];
  readonly sentences: readonly string[];
}

/** Every code that an entry of `errors` may have, for the pages. */
export const describeFieldErrors = (): DescribedFieldError[] =>
  FieldErrorCode.options.map((code) => ({
    code,
    params: [...new Set(examples[code].flatMap((params) => Object.keys(params)))],
    sentences: [...new Set(examples[code].map((params) => fault(code, params).message))],
  }));
