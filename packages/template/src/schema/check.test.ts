import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { checkValue, SchemaError } from './check.ts';

/** `path code` of each fault. */
const faults = (schema: JsonValue, value: unknown) =>
  checkValue(schema, value).map(({ path, code }) => `${path} ${code}`);
const messages = (schema: JsonValue, value: unknown) =>
  checkValue(schema, value).map(({ path, message }) => `${path} ${message}`);

const ticket: JsonValue = {
  type: 'object',
  properties: {
    title: { type: 'string', minLength: 1 },
    priority: { enum: ['low', 'high'] },
    tags: { type: 'array', items: { type: 'string' } },
    customer: {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
      required: ['name'],
      additionalProperties: false,
    },
  },
  required: ['title', 'customer'],
  additionalProperties: false,
};

describe('checkValue', () => {
  it('lists every fault by path: what is missing, unknown, of another type and of another value', () => {
    const value = { priority: 'urgent', tags: ['a', 1], customer: { age: -1, nmae: 'x' }, extra: 1 };
    expect(faults(ticket, value)).toEqual([
      '/title missing',
      '/priority value',
      '/tags/1 type',
      '/customer/name missing',
      '/customer/age value',
      '/customer/nmae unknown',
      '/extra unknown',
    ]);
    expect(messages(ticket, value)).toEqual([
      '/title is missing: it must be a string',
      '/priority must be one of "low", "high", and is "urgent"',
      '/tags/1 must be a string, and is a number',
      '/customer/name is missing: it must be a string',
      '/customer/age must be at least 0, and is -1',
      '/customer/nmae is not known here',
      '/extra is not known here',
    ]);
    expect(checkValue(ticket, { title: 'x', customer: { name: 'y' } })).toEqual([]);
  });

  it('takes undefined for absent, and inherited members for absent', () => {
    const schema: JsonValue = { type: 'object', required: ['toString'], additionalProperties: false };
    expect(faults(schema, {})).toEqual(['/toString missing']);
    expect(faults(schema, { toString: 1, other: undefined })).toEqual(['/toString unknown']);
    const hostile: JsonValue = JSON.parse('{"properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}');
    expect(faults(hostile, {})).toEqual(['/__proto__ missing']);
    expect(faults(hostile, JSON.parse('{"__proto__":1}'))).toEqual(['/__proto__ type']);
  });

  it('refuses what JSON has not, wherever it stands', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [undefined, () => 1, Symbol('x'), 1n, Number.NaN, new Date(0), new Map()]) {
      expect(faults(true, { a: [value] })).toEqual(['/a/0 type']);
    }
    expect(checkValue(true, circle)[0]?.message).toBe('is deeper than 100 levels');
    expect(faults({ type: 'object' }, Object.create(null))).toEqual([]);
  });

  it('lists eight values that may be, and counts those beyond', () => {
    const saying = (count: number) =>
      checkValue({ enum: Array.from({ length: count }, (_, at) => at) }, 'x')[0]?.message;
    expect([saying(8), saying(9), saying(20)]).toEqual([
      'must be one of 0, 1, 2, 3, 4, 5, 6, 7, and is "x"',
      'must be one of 0, 1, 2, 3, 4, 5, 6, 7 and 1 more, and is "x"',
      'must be one of 0, 1, 2, 3, 4, 5, 6, 7 and 12 more, and is "x"',
    ]);
  });

  it('names the faults of the choice that was meant', () => {
    const schema: JsonValue = {
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'text' }, text: { type: 'string' } },
          required: ['kind', 'text'],
        },
        {
          type: 'object',
          properties: { kind: { const: 'image' }, url: { type: 'string' } },
          required: ['kind', 'url'],
        },
      ],
    };
    expect(faults(schema, { kind: 'image' })).toEqual(['/url missing']);
    expect(faults(schema, { kind: 'sound' })).toEqual([' value']);
    expect(messages({ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1)).toEqual([
      ' must be a string or null, and is a number',
    ]);
    expect(faults({ anyOf: [ticket, { type: 'null' }] }, { title: 1, customer: { name: '' } })).toEqual([
      '/title type',
    ]);
    expect(messages({ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, 1.5)).toEqual([
      ' satisfies more than one of the choices',
    ]);
  });

  it.each<[string, JsonValue, JsonValue[], JsonValue[]]>([
    ['counts characters, not UTF-16 units', { minLength: 2, maxLength: 2 }, ['ab', '😀😀'], ['a', '😀', 'abc']],
    ['compares decimals exactly', { multipleOf: 0.1 }, [0.3, 1.1, 1e300, 0], [0.35]],
    ['takes 1.0 for an integer', { type: 'integer' }, [1, -0, 1e20], [1.5, '1']],
    ['compares values whatever the order of members', { const: { a: 1, b: [2] } }, [{ b: [2], a: 1 }], [{ a: 1 }]],
    ['matches patterns anywhere', { pattern: 'b+' }, ['abc', 1], ['ac']],
    [
      'follows references and recursion',
      { $ref: '#/$defs/t', $defs: { t: { items: { $ref: '#/$defs/t' }, type: 'array' } } },
      [[[], [[]]]],
      [[1]],
    ],
    ['reads pointers that are escaped', { $ref: '#/$defs/a~1b%25', $defs: { 'a/b%': { type: 'null' } } }, [null], [1]],
    [
      'wants items that differ',
      { uniqueItems: true },
      [[1, '1', { a: 1 }]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [
      'counts what an array contains',
      { contains: { type: 'null' }, minContains: 2, maxContains: 3 },
      [[null, 1, null]],
      [[null], [null, null, null, null]],
    ],
    ['asks for dependents', { dependentRequired: { card: ['address'] } }, [{}, { card: 1, address: 2 }], [{ card: 1 }]],
    ['checks names', { propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
    [
      'lets patterns take names from additionalProperties',
      { patternProperties: { '^x-': true }, additionalProperties: false },
      [{ 'x-a': 1 }],
      [{ y: 1 }],
    ],
    [
      'decides by a condition',
      JSON.parse('{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}'),
      ['a', null],
      ['', 1],
    ],
    ['excludes', { not: { type: 'string' } }, [1], ['a']],
    ['limits a tuple', { prefixItems: [{ type: 'string' }], items: false, minItems: 1 }, [['a']], [[], [1], ['a', 1]]],
    ['checks dates', { format: 'date' }, ['2024-02-29', '2000-02-29'], ['2023-02-29', '1900-02-29', '2024-13-01', 'x']],
    [
      'checks times',
      { format: 'date-time' },
      ['2024-02-29T23:59:60Z', '2024-02-29t00:00:00.5+01:00'],
      ['2024-02-29', '2024-02-29 00:00:00Z'],
    ],
    ['checks e-mail addresses', { format: 'email' }, ['a.b+c@example.com'], ['a', '@b', 'a@', 'a..b@c', 'a@-b']],
    ['checks URIs', { format: 'uri' }, ['https://example.com/a?b#c', 'urn:a'], ['/a', 'a b:c', 'https://a/%zz']],
    ['checks UUIDs', { format: 'uuid' }, ['01900000-0000-7000-8000-000000000001'], ['01900000']],
    ['leaves formats alone that it does not know', { format: 'color' }, ['x'], []],
  ])('%s', (_, schema, right, wrong) => {
    for (const value of right) expect(checkValue(schema, value), JSON.stringify(value)).toEqual([]);
    for (const value of wrong) expect(checkValue(schema, value), JSON.stringify(value)).not.toEqual([]);
  });

  it('ends where a schema multiplies its own work', () => {
    const $defs: { [name: string]: JsonValue } = { d0: { type: 'null' } };
    for (let level = 1; level < 40; level++) {
      $defs[`d${level}`] = { anyOf: [{ $ref: `#/$defs/d${level - 1}` }, { $ref: `#/$defs/d${level - 1}` }] };
    }
    expect(checkValue({ $ref: '#/$defs/d39', $defs }, 1)).toEqual([
      { path: '', code: 'value', expected: 'a smaller value', message: 'takes too much work to check' },
    ]);
  });

  it('ends where a text is too long for its pattern, and takes any text for one that is plain', () => {
    expect(faults({ pattern: '[ab]{900}c' }, 'a'.repeat(200_000))).toEqual([' value']);
    expect(checkValue({ pattern: '^(a+)+$' }, 'a'.repeat(200_000))).toEqual([]);
    expect(faults({ pattern: '^(a+)+$' }, `${'a'.repeat(200_000)}!`)).toEqual([' value']);
  });

  it('names a thousand faults at most', () => {
    expect(checkValue({ items: { type: 'string' } }, Array(3000).fill(1))).toHaveLength(1000);
  });

  it('throws for a schema that is refused, with the reasons', () => {
    expect(() => checkValue({ typ: 'string' }, 1)).toThrow(SchemaError);
    expect(() => checkValue(null, 1)).toThrow('it must be an object or a boolean');
  });
});
