import { checkValue, type JsonValue } from '@promptory/template';
import { expect, it } from 'vitest';
import { inputsInvalid } from './inputs-invalid.ts';

it.each<[schema: JsonValue, value: unknown, code: string, params: object]>([
  [{ type: 'string' }, 1, 'invalid_type', { expected: 'string' }],
  [{ type: ['string', 'null'] }, 1, 'invalid_type', { expected: 'other' }],
  [{ enum: ['warm', 'cool', null] }, 'hot', 'invalid_value', { values: ['warm', 'cool', null] }],
  [{ const: 1 }, 2, 'invalid_value', { values: [1] }],
  [{ enum: [{}] }, 2, 'invalid', {}],
  [{ type: 'string', minLength: 2, maxLength: 5 }, 'x', 'too_small', { minimum: 2, unit: 'characters' }],
  [{ type: 'string', minLength: 2, maxLength: 5 }, 'xxxxxx', 'too_big', { maximum: 5, unit: 'characters' }],
  [{ type: 'array', maxItems: 1 }, [1, 2], 'too_big', { maximum: 1, unit: 'items' }],
  [{ type: 'object', minProperties: 1 }, {}, 'too_small', { minimum: 1, unit: 'items' }],
  [{ type: 'array', uniqueItems: true }, [1, 1], 'not_unique', {}],
  [{ type: 'number', minimum: 1, maximum: 5 }, 0, 'too_small', { minimum: 1 }],
  [{ type: 'number', exclusiveMinimum: 1 }, 1, 'too_small', { minimum: 1, exclusive: true }],
  [{ type: 'number', minimum: 1, maximum: 5 }, 6, 'too_big', { maximum: 5 }],
  [{ type: 'number', exclusiveMaximum: 5 }, 5, 'too_big', { maximum: 5, exclusive: true }],
  [{ type: 'number', minimum: 0, multipleOf: 2 }, 3, 'not_multiple_of', { divisor: 2 }],
  [{ type: 'string', format: 'date' }, 'x', 'invalid_format', { format: 'date' }],
  [{ type: 'string', pattern: '^a' }, 'x', 'invalid_format', {}],
  [{ not: { type: 'string' } }, 'x', 'invalid', {}],
])('says by code and parameters which rule of %j is broken by %j', (schema, value, code, params) => {
  const { errors } = inputsInvalid(checkValue(schema, value));
  expect(errors).toEqual([{ path: 'inputs', code, params, message: expect.stringMatching(/^[A-Z]/) }]);
});

it('says of a value that is missing what it has to be', () => {
  const properties = { name: { type: 'string' }, tone: { enum: ['warm', 'cool'] }, any: {} };
  const required = ['name', 'tone', 'any'];
  const { errors } = inputsInvalid(checkValue({ type: 'object', properties, required }, {}));
  expect(errors.map(({ path, code, params }) => [path, code, params])).toEqual([
    ['inputs.name', 'required', { expected: 'string' }],
    ['inputs.tone', 'required', { values: ['warm', 'cool'] }],
    ['inputs.any', 'required', {}],
  ]);
});

it('says no more faults than an answer has room for', () => {
  const { errors } = inputsInvalid(
    checkValue(
      { items: { type: 'string' } },
      Array.from({ length: 101 }, () => 1),
    ),
  );
  expect(errors.map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, at) => `inputs.${at}`));
});
