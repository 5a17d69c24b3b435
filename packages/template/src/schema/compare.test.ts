import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json-value.ts';
import { checkValue } from './check.ts';
import { compare, compareInputs, compareOutputs, type SchemaBreak } from './compare.ts';

const object = (properties: { [name: string]: JsonValue }, required: string[] = []): JsonValue => ({
  type: 'object',
  properties,
  required,
});
const words = (breaks: SchemaBreak[]) => breaks.map(({ path, kind, message }) => `${path} ${kind}: ${message}`);
const kinds = (breaks: SchemaBreak[]) =>
  breaks.map(({ path, kind, decided }) => `${path} ${kind}${decided ? '' : ' ?'}`);
const text = { type: 'string' };
const number = { type: 'number' };

describe('compareInputs', () => {
  it('names what is new and required, what is removed and what takes less, each by its path', () => {
    const before = object(
      { ticket: object({ title: text, tags: { type: 'array', items: text } }), tone: text, old: text },
      ['ticket'],
    );
    const after = object(
      {
        ticket: object({ title: text, tags: { type: 'array', items: { enum: ['a', 'b'] } }, body: text }, ['body']),
        tone: { enum: ['warm', 'cool'] },
        customer: text,
      },
      ['ticket', 'customer'],
    );
    expect(words(compareInputs(before, after))).toEqual([
      '/customer required: is new and must be given',
      '/ticket/body required: is new and must be given',
      '/ticket/tags/* narrowed: took a string, and takes one of "a", "b"; for example "A" is refused now',
      '/tone narrowed: took a string, and takes one of "warm", "cool"; for example "a" is refused now',
      '/old removed: is not taken any more',
    ]);
  });

  it('shows the schemas before and after, and an example that proves it', () => {
    expect(compareInputs(object({ a: { type: ['string', 'null'] } }), object({ a: text }))).toEqual([
      {
        side: 'input',
        path: '/a',
        kind: 'narrowed',
        decided: true,
        before: { type: ['string', 'null'] },
        after: text,
        example: null,
        message: 'took a string or null, and takes a string; for example null is refused now',
      },
    ]);
  });

  it('names both of an input that was there, and is required and another one now; of a new one only that it is new', () => {
    const before = object({ a: text });
    expect(kinds(compareInputs(before, object({ a: number }, ['a'])))).toEqual(['/a required', '/a narrowed']);
    expect(kinds(compareInputs(before, object({ a: text, b: number }, ['b'])))).toEqual(['/b required']);
  });

  it('lets inputs be added that may be left out, and ones with a default', () => {
    expect(compareInputs(object({}), object({ a: text }))).toEqual([]);
    expect(compareInputs(object({}), object({ a: { ...text, default: 'x' } }, ['a']))).toEqual([]);
    expect(compareInputs(object({ a: text }, ['a']), object({ a: { ...text, default: 'x' } }, ['a']))).toEqual([]);
    expect(kinds(compareInputs(object({ a: { ...text, default: 'x' } }, ['a']), object({ a: text }, ['a'])))).toEqual([
      '/a required',
    ]);
  });

  it('takes inputs that nobody declared for refused, unless the schema says otherwise', () => {
    const open = { ...(object({ a: text }) as object), additionalProperties: true };
    expect(kinds(compareInputs(object({ a: text }), object({})))).toEqual(['/a removed']);
    expect(compareInputs(object({ a: text, b: text }), open)).toEqual([]);
    expect(kinds(compareInputs(open, object({ a: text })))).toEqual([' narrowed']);
    const parts = { allOf: [{ $ref: '#/$defs/a' }, object({ b: text })], $defs: { a: object({ a: text }) } };
    expect(compareInputs(object({ a: text, b: text }), parts)).toEqual([]);
    expect(kinds(compareInputs(object({ a: text, c: text }), parts))).toEqual(['/c removed']);
  });
});

describe('compareOutputs', () => {
  it('names what is removed, not promised any more, and wider, each by its path', () => {
    const before = object({ label: { enum: ['a', 'b'] }, score: { type: 'integer' }, why: text, gone: text }, [
      'label',
      'score',
      'why',
      'gone',
    ]);
    const after = object({ label: { enum: ['a', 'b', 'c'] }, score: number, why: text }, ['label', 'score']);
    expect(words(compareOutputs(before, after))).toEqual([
      '/why optional: is not always there any more',
      '/gone removed: is not there any more',
      '/label widened: promised one of "a", "b", and promises one of "a", "b", "c"; for example "c" is new',
      '/score widened: promised a whole number, and promises a number; for example 0.5 is new',
    ]);
  });

  it('calls a new field a break where only the named ones were promised', () => {
    const closed = (properties: { [name: string]: JsonValue }) => ({
      ...(object(properties) as object),
      additionalProperties: false,
    });
    expect(kinds(compareOutputs(closed({ a: text }), closed({ a: text, b: text })))).toEqual(['/b widened']);
    expect(compareOutputs(object({ a: text }), closed({ a: text, b: text }))).toEqual([]);
    expect(compareOutputs(closed({ a: text, b: text }), closed({ a: text }))).toEqual([]);
  });

  it('follows several choices of one schema, whichever decides', () => {
    const choices = {
      anyOf: [text, number],
      oneOf: [text, { type: 'boolean' }],
      if: { maxLength: 3 },
      // biome-ignore lint/suspicious/noThenProperty: it is the keyword of JSON Schema
      then: { pattern: '^a' },
      else: { pattern: '^b' },
    };
    expect(compareOutputs(text, choices)).toEqual([]);
    expect(kinds(compareOutputs(choices, text))).toEqual([' widened']);
    for (const pattern of ['^a', '^b']) {
      expect(kinds(compareOutputs({ ...text, pattern }, choices))).toEqual([' widened']);
    }
    expect(kinds(compareOutputs(number, choices))).toEqual([' widened']);
  });

  it('knows how often a list contains what it contains', () => {
    const none = { type: 'array', maxItems: 0 };
    const of = (minContains: number) => ({ type: 'array', contains: false, minContains });
    expect(kinds(compareOutputs(none, of(0)))).toEqual([' widened']);
    expect(compareOutputs(none, of(1))).toEqual([]);
  });

  it('takes no schema for text', () => {
    expect(compareOutputs(null, null)).toEqual([]);
    expect(compareOutputs(null, { type: 'string', maxLength: 9 })).toEqual([]);
    expect(kinds(compareOutputs(null, object({})))).toEqual([' widened']);
    expect(kinds(compareOutputs(object({}), null))).toEqual([' widened']);
  });
});

describe('compare', () => {
  it('answers both sides as one', () => {
    const signature = { inputs: object({ a: text }), output: null };
    expect(compare(signature, signature)).toEqual({ compatible: true });
    const changed = compare(signature, { inputs: object({ a: text, b: text }, ['b']), output: number });
    expect(changed.compatible ? [] : kinds(changed.breaks)).toEqual(['/b required', ' widened']);
  });

  const closed = (names: string[]) => ({
    ...{ type: 'object', additionalProperties: false },
    properties: Object.fromEntries(names.map((name) => [name, text])),
  });
  const trees = (leaf: JsonValue, items: JsonValue) => object({ leaf, children: { type: 'array', items } });
  const recursive = (leaf: JsonValue): JsonValue => ({
    $ref: '#/$defs/tree',
    $defs: { tree: trees(leaf, { $ref: '#/$defs/tree' }) },
  });
  const shapes = (last: JsonValue): JsonValue => ({
    oneOf: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
      .map((kind) => object({ kind: { const: kind }, [kind]: text }, ['kind', kind]))
      .concat([last]),
  });

  it.each<[string, JsonValue, JsonValue]>([
    ['an integer is a number', { type: 'integer' }, number],
    ['a multiple of six is one of two', { type: 'number', multipleOf: 6 }, { type: 'number', multipleOf: 2 }],
    [
      'whole numbers within bounds are those of an enum',
      { type: 'integer', minimum: 1, exclusiveMaximum: 4 },
      { enum: [3, 2, 1] },
    ],
    ['one value is one of several', { const: 'a' }, { enum: ['a', 'b'] }],
    ['nullable forms are alike', { type: ['string', 'null'] }, { anyOf: [text, { type: 'null' }] }],
    ['nullable forms are alike, backwards', { oneOf: [{ type: 'null' }, text] }, { type: ['null', 'string'] }],
    ['a union is the same in another order', { anyOf: [text, number] }, { anyOf: [number, text] }],
    [
      'all of several is each of them',
      { allOf: [{ minimum: 1 }, { maximum: 3 }], type: 'number' },
      { type: 'number', minimum: 1, maximum: 3 },
    ],
    ['an enum of objects is their schema', { enum: [{ a: 1 }, { a: 2 }] }, object({ a: { type: 'integer' } }, ['a'])],
    ['a tuple is a list', { type: 'array', prefixItems: [text], items: text }, { type: 'array', items: text }],
    [
      'closed is open',
      { type: 'object', properties: { a: text }, additionalProperties: false },
      { type: 'object', properties: { a: text } },
    ],
    ['references say what they name', { $ref: '#/$defs/a', $defs: { a: text } }, text],
    ['recursion is alike', recursive(text), recursive({ type: ['string', 'number'] })],
    [
      'recursion is alike, unrolled',
      { ...(recursive(text) as object), ...(trees(text, trees(text, { $ref: '#/$defs/tree' })) as object) },
      recursive(text),
    ],
    ['nothing is anything', false, text],
    ['what no value satisfies is anything', { type: 'string', minLength: 2, maxLength: 1 }, number],
    ['an equal pattern', { type: 'string', pattern: '^a', minLength: 2 }, { type: 'string', pattern: '^a' }],
    ['an enum whose values match', { enum: ['ab', 'aa'] }, { type: 'string', pattern: '^a' }],
    ['a format that is no promise', text, { type: 'string', format: 'color' }],
    ['a format that is', { type: 'string', format: 'date' }, text],
    ['notes', { title: 'x', default: 1, description: 'y' }, { examples: [1] }],
    ['a big union of tagged objects, and one more', shapes(false), shapes(object({ kind: { const: 'z' } }, ['kind']))],
    ['what is not excluded', { not: text }, { type: ['null', 'boolean', 'number', 'array', 'object'] }],
    [
      'a condition as a union',
      JSON.parse('{"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}}'),
      { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] },
    ],
    ['items that differ', { type: 'array', uniqueItems: true }, { type: 'array' }],
    [
      'dependents that are required anyway',
      object({ a: text, b: text }, ['a', 'b']),
      { dependentRequired: { a: ['b'] } },
    ],
    [
      'dependents of dependents that have no room',
      { type: 'object', required: ['a'], dependentRequired: { a: ['b'], b: ['c'] }, maxProperties: 2 },
      text,
    ],
    ['fewer members than must be there', { type: 'object', required: ['a', 'b'], maxProperties: 1 }, text],
    ['more members than names', { ...closed(['a', 'b']), minProperties: 3 }, text],
    ['names that a list leaves', { type: 'object', propertyNames: { enum: ['a', 'b'] } }, { maxProperties: 2 }],
    [
      'a member that no name may have',
      { type: 'object', propertyNames: { maxLength: 2 }, required: ['long'] },
      { type: 'object', maxProperties: 0 },
    ],
    [
      'equal patterns of names',
      { type: 'object', patternProperties: { '^key-': text }, minProperties: 1 },
      { type: 'object', patternProperties: { '^key-': text } },
    ],
    ['as many members at least', { type: 'object', minProperties: 2 }, { type: 'object', minProperties: 1 }],
    ['a list of members that must be there', { required: ['a', 'b'] }, { required: ['b'] }],
  ])('proves that every value of one schema is one of another: %s', (_, narrow, wide) => {
    expect(compareOutputs(wide, narrow)).toEqual([]);
  });

  it.each<[string, JsonValue, JsonValue]>([
    ['a number is no integer', { type: 'integer' }, number],
    ['more values', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['a longer list', { type: 'array', maxItems: 2 }, { type: 'array', maxItems: 3 }],
    ['an empty list', { type: 'array', minItems: 1 }, { type: 'array' }],
    [
      'items that may be alike',
      { type: 'array', items: { enum: [1, 2] }, uniqueItems: true },
      { type: 'array', items: { enum: [1, 2] } },
    ],
    ['another constant within', { const: { a: [1] } }, { enum: [{ a: [1] }, { a: [2] }] }],
    ['recursion far down', recursive(text), recursive({ type: ['string', 'null'] })],
    ['one choice more', shapes(false), shapes(object({ kind: { const: 'z' } }, ['kind']))],
    ['no format any more', { type: 'string', format: 'date' }, text],
    ['a wider bound', { type: 'number', exclusiveMinimum: 0 }, { type: 'number', minimum: 0 }],
    ['a multiple less', { type: 'number', multipleOf: 6 }, { type: 'number', multipleOf: 2 }],
    [
      'both of what only one was promised',
      { oneOf: [{ minimum: 1 }, { maximum: 2 }] },
      { anyOf: [{ minimum: 1 }, { maximum: 2 }] },
    ],
    [
      'a member whose name matches',
      { type: 'object', patternProperties: { '^key-': text } },
      { type: 'object', patternProperties: { '^key-': { type: ['string', 'null'] } } },
    ],
    [
      'a member whose name matches and goes on',
      { type: 'object', patternProperties: { '^key-.$': text } },
      { type: 'object', patternProperties: { '^key-.$': number } },
    ],
    ['a member of any name', { type: 'object', additionalProperties: text }, { type: 'object' }],
    [
      'members of two names',
      { type: 'object', additionalProperties: false, properties: { a: text, b: text } },
      { type: 'object', additionalProperties: false, properties: { a: number, b: number } },
    ],
    [
      'another name of a list',
      { type: 'object', propertyNames: { enum: ['a'] } },
      { type: 'object', propertyNames: { enum: ['a', 'b'] } },
    ],
    ['a longer name', { type: 'object', propertyNames: { maxLength: 2 } }, { type: 'object' }],
    ['one member more', { type: 'object', maxProperties: 1 }, { type: 'object', maxProperties: 2 }],
    ['one member less', { type: 'object', minProperties: 2 }, { type: 'object', minProperties: 1 }],
    ['members of names that nobody speaks of', { type: 'object', maxProperties: 4 }, { minProperties: 5 }],
    [
      'some member, but not the one that was promised',
      { type: 'object', required: ['a'] },
      { type: 'object', minProperties: 1, properties: { a: text } },
    ],
    ['a member without its dependent', { type: 'object', dependentRequired: { a: ['b'] } }, { type: 'object' }],
    [
      'a member without one of its dependents',
      { type: 'object', dependentRequired: { a: ['b', 'c'] } },
      { type: 'object', dependentRequired: { a: ['c'] } },
    ],
  ])('shows a value that is new: %s', (_, before, after) => {
    const breaks = compareOutputs(before, after);
    expect(breaks.length).toBeGreaterThan(0);
    expect(breaks.filter(({ decided }) => !decided)).toEqual([]);
    for (const { path, example } of breaks) {
      if (path !== '') continue;
      expect(checkValue(after, example)).toEqual([]);
      expect(checkValue(before, example)).not.toEqual([]);
    }
  });

  it('says that it cannot compare what it cannot, and calls it a break', () => {
    expect(
      kinds(compareOutputs({ type: 'string', pattern: '^(?:a|b)+$' }, { type: 'string', pattern: '^[ab]+$' })),
    ).toEqual([' widened ?']);
    expect(kinds(compareInputs({ nonsense: true }, object({})))).toEqual([' narrowed ?']);
    const many = (count: number): JsonValue => ({
      allOf: Array.from(
        { length: count },
        (_, at): JsonValue => ({ anyOf: [{ minimum: at }, { multipleOf: at + 2 }] }),
      ),
    });
    for (const [before, after] of [
      [many(40), many(39)],
      [many(39), { not: many(40) }],
    ] as const) {
      expect(compareOutputs(before, after).length).toBeGreaterThan(0);
    }
  });
});

it('follows a reference in its own document, where both share the object that refers', () => {
  const shared = { $ref: '#/$defs/one' };
  const before = { if: shared, else: false, $defs: { one: true } };
  const after = { $ref: '#/$defs/two', $defs: { one: false, two: shared } };
  expect(compareInputs(before, after)).toMatchObject([{ kind: 'narrowed', path: '', example: {} }]);
});

it('follows references to what is no definition each in its own document', () => {
  const referring = (type: string) => object({ a: { type }, b: { $ref: '#/properties/a' } });
  expect(kinds(compareOutputs(referring('string'), referring('number')))).toEqual(['/a widened', '/b widened']);
  expect(compareOutputs(referring('number'), referring('integer'))).toEqual([]);
});

it('costs in proportion what one more input among many breaks', () => {
  const readsOf = (count: number): number => {
    let reads = 0;
    const member = Object.defineProperty({}, 'type', {
      enumerable: true,
      get: () => {
        reads++;
        return 'string';
      },
    }) as { type: string };
    const inputs = (names: string[]) => ({
      ...{ type: 'object', required: names },
      properties: Object.fromEntries(names.map((name) => [name, member])),
    });
    const names = Array.from({ length: count }, (_, at) => `a${at}`);
    const breaks = compareInputs(inputs(names), inputs([...names, 'more']));
    expect(breaks).toMatchObject([{ path: '/more', kind: 'required', decided: true }]);
    return reads;
  };
  expect(readsOf(160) / readsOf(20)).toBeLessThan(16);
});
