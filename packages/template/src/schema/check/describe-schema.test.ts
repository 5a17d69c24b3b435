import { expect, it } from 'vitest';
import type { JsonValue } from '../../json-value.ts';
import { describeSchema } from './describe-schema.ts';
import { SchemaDocument, type SchemaNode } from './schema-document.ts';

const described = (schema: JsonValue): string => {
  const node = schema as SchemaNode;
  return describeSchema(new SchemaDocument(node), node);
};
const nested = (depth: number): JsonValue => (depth === 0 ? { type: 'null' } : { anyOf: [nested(depth - 1)] });

it.each<[JsonValue, string]>([
  [true, 'a value'],
  [{}, 'a value'],
  [{ minimum: 1 }, 'a value'],
  [false, 'nothing'],
  [{ type: [] }, 'nothing'],
  [{ type: 'null' }, 'null'],
  [{ type: 'boolean' }, 'true or false'],
  [{ type: 'string' }, 'a string'],
  [{ type: 'string', format: 'date' }, 'a string (date)'],
  [{ type: 'number' }, 'a number'],
  [{ type: 'integer', minimum: 1 }, 'a whole number from 1'],
  [{ type: 'integer', maximum: 5 }, 'a whole number up to 5'],
  [{ type: 'number', minimum: 0.5, maximum: 5 }, 'a number from 0.5 up to 5'],
  [{ type: 'array' }, 'a list'],
  [{ type: 'object' }, 'an object'],
  [{ type: ['string', 'null'] }, 'a string or null'],
  [{ type: ['string', 'number', 'null'] }, 'a string, a number or null'],
  [{ const: { a: 1 } }, '{"a":1}'],
  [{ enum: ['a'] }, '"a"'],
  [{ enum: ['a', null] }, 'one of "a", null'],
  [{ enum: [1, 2, 3, 4, 5, 6, 7, 8] }, 'one of 1, 2, 3, 4, 5, 6, 7, 8'],
  [{ enum: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, 'one of 1, 2, 3, 4, 5, 6, 7, 8 and 1 more'],
  [{ const: 'x'.repeat(58) }, `"${'x'.repeat(58)}"`],
  [{ const: 'x'.repeat(59) }, `"${'x'.repeat(59)}…`],
  [{ anyOf: [{ type: 'string' }, { type: 'string', pattern: 'a' }, { type: 'null' }] }, 'a string or null'],
  [{ anyOf: [{ type: 'string' }], oneOf: [{ type: 'null' }] }, 'a string or null'],
  [{ $ref: '#/$defs/a', $defs: { a: { type: 'boolean' } } }, 'true or false'],
  [{ $ref: '#/$defs/b', $defs: { a: { type: 'boolean' } } }, 'a value'],
  [{ $ref: '#' }, 'a value'],
  [nested(3), 'null'],
  [nested(4), 'a value'],
])('%j is in words: %s', (schema, words) => {
  expect(described(schema)).toBe(words);
});
