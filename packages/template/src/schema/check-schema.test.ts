import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { checkSchema, MAX_SCHEMA_BYTES } from './check-schema.ts';

const faults = (schema: unknown) => checkSchema(schema).map(({ path, code }) => `${path} ${code}`);
const messages = (schema: unknown) => checkSchema(schema).map(({ path, message }) => `${path} ${message}`);

describe('checkSchema', () => {
  it.each<JsonValue>([
    true,
    false,
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:a', type: ['string', 'null'] },
    { 'x-note': { anything: 1 }, properties: { nullable: true, $id: {}, unevaluatedItems: { type: 'null' } } },
    { default: { nonsense: 1 }, examples: [{ $ref: 1 }], const: { $ref: 'x' }, enum: [{ type: 'nonsense' }] },
    { $ref: '#/properties/a', properties: { a: { items: { $ref: '#' } } } },
    { items: { $ref: '#' }, not: { properties: { a: { $ref: '#' } } } },
  ])('takes %j', (schema) => {
    expect(checkSchema(schema)).toEqual([]);
  });

  it('says of each keyword what is wrong with it, and where', () => {
    const schema = {
      properties: { 'a/b': { type: 'strin' }, c: { nullable: true, required: ['a', 'a'] } },
      items: [{}],
      multipleOf: 0,
      anyOf: [],
      requried: ['a'],
    };
    expect(messages(schema)).toEqual([
      '/properties/a~1b/type must be one or more of null, boolean, number, integer, string, array, object',
      "/properties/c/nullable is not supported: write null among the types: type: ['string', 'null']",
      '/properties/c/required must be a list of different names',
      '/items must be one schema: a list of them is prefixItems',
      '/multipleOf must be a number above 0',
      '/anyOf must be a list of schemas, not empty',
      '/requried is no keyword of JSON Schema 2020-12; what is only a note begins with x-',
    ]);
  });

  it('refuses references to elsewhere, to nothing, and to what is no schema', () => {
    expect(faults({ $ref: 'https://example.com/a' })).toEqual(['/$ref value']);
    expect(faults({ $ref: '#name' })).toEqual(['/$ref value']);
    expect(faults({ $ref: '#/$defs/a' })).toEqual(['/$ref reference']);
    expect(faults({ $ref: '#/default', default: {} })).toEqual(['/$ref reference']);
    expect(faults({ $ref: '#/$defs/toString', $defs: {} })).toEqual(['/$ref reference']);
    expect(faults({ $defs: { a: { $id: 'urn:b' } } })).toEqual(['/$defs/a/$id keyword']);
    expect(faults({ $schema: 'http://json-schema.org/draft-07/schema#' })).toEqual(['/$schema value']);
  });

  it('refuses recursion that consumes nothing of the value', () => {
    expect(faults({ $ref: '#' })).toEqual([' recursion']);
    expect(faults({ anyOf: [{ type: 'null' }, { not: { $ref: '#' } }] })).toEqual([' recursion']);
    expect(
      faults({ properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { allOf: [{ $ref: '#/$defs/b' }] } } }),
    ).toEqual(['/properties/a recursion']);
  });

  it('refuses patterns that are none, are not linear, or are too large', () => {
    for (const pattern of ['(', 'a**', '(?=a)', '(a)\\1', '(?<!a)b', '[b-a]', '(?:a{1000}){1000}', 'a'.repeat(1001)]) {
      expect(faults({ pattern }), pattern).toEqual(['/pattern value']);
      expect(faults({ patternProperties: { [pattern]: true } }), pattern).toEqual(['/patternProperties value']);
      expect(faults({ patternProperties: { '^x-': true, [pattern]: true } })).toEqual(['/patternProperties value']);
    }
    expect(checkSchema({ pattern: '^(a+)+$' })).toEqual([]);
  });

  it('refuses what is too large or too deep, without using up the stack', () => {
    expect(faults({ description: 'x'.repeat(MAX_SCHEMA_BYTES) })).toEqual([' size']);
    const deep = Array.from({ length: 20_000 }).reduce<JsonValue>((inner) => ({ not: inner }), {});
    expect(checkSchema(deep)[0]?.code).toBe('size');
    const circle: Record<string, unknown> = {};
    circle.not = circle;
    expect(checkSchema(circle)[0]?.code).toBe('size');
  });

  it.each([undefined, null, 1, 'x', [], () => 1, { const: Number.NaN }, { const: undefined }])(
    'refuses %o',
    (schema) => {
      expect(checkSchema(schema)).toHaveLength(1);
    },
  );
});

describe('the patterns of a schema', () => {
  const counted = (index: number): string => `(a{1,30}){1,30}b{${index}}`;
  const schemas = (count: number): JsonValue[] => [
    { anyOf: Array.from({ length: count }, (_, index) => ({ pattern: counted(index + 1) })) },
    { patternProperties: Object.fromEntries(Array.from({ length: count }, (_, index) => [counted(index + 1), true])) },
  ];

  it('have 20,000 characters together, their counts written out', () => {
    for (const schema of schemas(20)) expect(checkSchema(schema)).toEqual([]);
    for (const schema of schemas(300)) {
      expect(checkSchema(schema)[0]).toMatchObject({
        code: 'size',
        message: 'makes all patterns together larger than 20000 characters, counts written out',
      });
    }
  });

  it('are counted once each', () => {
    expect(checkSchema({ allOf: Array.from({ length: 300 }, () => ({ pattern: counted(1) })) })).toEqual([]);
  });
});
