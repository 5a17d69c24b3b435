import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from './document.ts';
import { exampleOf } from './example-of.ts';
import { convert, schemaRegistry } from './schemas.ts';

// Own properties alone, as JSON has them: else what an object inherits is checked as its `toString`.
const ajv = new Ajv2020({ strict: false, logger: false, ownProperties: true });
addFormats.default(ajv);

function exampleFor(schema: z.ZodType): { document: JsonSchema; example: unknown } {
  const document = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema;
  const definitions = document.$defs as Record<string, JsonSchema> | undefined;
  const resolve = (ref: string) => (ref === '#' ? document : (definitions?.[ref.replace('#/$defs/', '')] ?? {}));
  return { document, example: exampleOf(document, resolve) };
}

function made(schema: z.ZodType): { example: unknown; faults: unknown } {
  const { document, example } = exampleFor(schema);
  ajv.validate(document, example);
  return { example, faults: example === undefined ? null : (ajv.errors ?? null) };
}

const LEAF = { name: 'Name', children: [], parent: null };
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
  get parent() {
    return Tree.nullable();
  },
});

describe('exampleOf', () => {
  it.each([
    ['what the schema has', z.string().meta({ examples: ['Tea', 'Milk'] }), 'Tea'],
    ['its one example', z.string().meta({ example: 'Tea' }), 'Tea'],
    ['a const', z.literal('asc'), 'asc'],
    ['the first of an enum', z.enum(['asc', 'desc']), 'asc'],
    ['a default', z.int().default(20), 20],
    ['a text', z.string(), 'Text'],
    ['an instant', z.iso.datetime(), '2026-01-15T09:30:00Z'],
    ['a number in bounds', z.number().min(10).max(11), 10],
    ['a number between', z.number().gt(0).lt(0.5), 0.25],
    ['a multiple', z.int().multipleOf(25).min(30), 50],
    ['a negative number', z.int().max(-5), -5],
    ['null, where nothing else is left', z.null(), null],
    ['something rather than null', z.int().nullable(), 1],
    ['a tuple', z.tuple([z.string(), z.int()]), ['Text', 1]],
    ['as many items as there must be', z.array(z.int()).min(3), [1, 1, 1]],
    ['no item where none may be', z.array(z.int()).max(0), []],
    ['a record', z.record(z.string(), z.int()), { Name: 1 }],
    ['a record with known keys', z.record(z.enum(['a', 'b']), z.boolean()), { a: true, b: true }],
    ['an object, its texts by their names', z.object({ displayName: z.string() }), { displayName: 'Display name' }],
    ['an address for what is called one', z.object({ newEmail: z.string() }), { newEmail: 'ada@example.com' }],
    ['an object without what has no example', z.object({ a: z.int(), b: z.never().optional() }), { a: 1 }],
    ['what ends a recursion', Tree, { name: 'Name', children: [LEAF], parent: LEAF }],
  ] as Array<[string, z.ZodType, unknown]>)('gives %s', (_name, schema, example) => {
    expect(made(schema)).toEqual({ example, faults: null });
  });

  it.each([
    ['a slug', z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/)],
    ['a long text', z.string().min(40)],
    ['a short text', z.string().max(2)],
    ['an emoji-wide text', z.string().length(1)],
    ['a language', z.string().regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/)],
    ['a template', z.templateLiteral(['1', z.int()])],
    ['several patterns', z.string().startsWith('e').includes('amp')],
    ['a uuid', z.uuid()],
    ['a uuid of version 7', z.uuidv7()],
    ['an address', z.email()],
    ['a link', z.url()],
    ['a date', z.iso.date()],
    ['a duration', z.iso.duration()],
    ['an IPv4 address', z.ipv4()],
    ['an IPv6 address', z.ipv6()],
    ['a network', z.cidrv4()],
    ['base64', z.base64()],
    ['a phone number', z.e164()],
    ['any JSON', z.json()],
    ['an intersection', z.intersection(z.object({ a: z.int() }).loose(), z.object({ b: z.string() }).loose())],
    [
      'a union of objects',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
    ],
  ] as Array<[string, z.ZodType]>)('finds %s', (_name, schema) => {
    const { example, faults } = made(schema);
    expect(example).toBeDefined();
    expect(faults).toBeNull();
    expect(schema.safeParse(example).error).toBeUndefined();
  });

  it('gives none rather than a wrong one', () => {
    expect(made(z.string().regex(/^pty_live_[0-9]{38}$/)).example).toBeUndefined();
    expect(made(z.object({ key: z.string().regex(/^\d{9}z$/) })).example).toBeUndefined();
    expect(made(z.never()).example).toBeUndefined();
    expect(made(z.int().min(1).max(0)).example).toBeUndefined();
  });

  it('is valid where a field without an example is absent and has the name of an inherited one', () => {
    const impossible = z.array(z.int().min(1).max(0)).min(1);
    expect(made(z.strictObject({ toString: z.optional(impossible) }))).toMatchObject({ example: {}, faults: null });
  });

  it('is valid, and the same again, for any schema', () => {
    const text = fc.tuple(fc.nat(30), fc.nat(30)).map(([least, more]) =>
      z
        .string()
        .min(least)
        .max(least + more),
    );
    const number = fc
      .tuple(fc.integer({ min: -99, max: 99 }), fc.nat(99), fc.integer({ min: 1, max: 9 }))
      .map(([least, more, step]) =>
        z
          .number()
          .min(least)
          .max(least + more)
          .multipleOf(step),
      );
    const names = fc.oneof(fc.stringMatching(/^[a-zA-Z_]{0,9}$/), fc.constantFrom('toString', 'constructor'));
    const leaf = fc.oneof(
      text,
      number,
      fc.constantFrom(z.boolean(), z.null(), z.uuid(), z.literal([1, 'a']), z.email()),
    );
    const { schema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.dictionary(names, tie('schema'), { maxKeys: 4 }).map((shape) => z.strictObject(shape)),
        fc.tuple(tie('schema'), fc.nat(3)).map(([item, least]) => z.array(item).min(least)),
        tie('schema').map((inner) => z.optional(inner)),
        tie('schema').map((inner) => z.nullable(inner)),
        fc.tuple(tie('schema'), tie('schema')).map((branches) => z.union(branches)),
        tie('schema').map((value) => z.record(z.string().max(5), value)),
      ),
    }));
    fc.assert(
      fc.property(schema, (one) => {
        const { example, faults } = made(one);
        expect(faults).toBeNull();
        expect(exampleFor(one).example).toEqual(example);
      }),
      // Each run compiles a validator.
      { numRuns: 50 },
    );
  }, 60_000);
});

describe('schemaRegistry', () => {
  const Problem = z.object({ type: z.string() }).meta({ id: 'SomeProblem' });
  const Note = z
    .object({ id: z.string(), title: z.string() })
    .meta({ id: 'BookNote', examples: [{ id: '1', title: 'Tea' }] });
  const registry = (inputs: z.ZodType[], outputs: z.ZodType[]) =>
    schemaRegistry(convert(inputs, 'input'), convert([...outputs, Problem], 'output'), Problem);

  it('names what is left of a named schema, once for all who leave the same out', () => {
    const schemas = registry([Note], []);
    const first = schemas.without(schemas.input(Note), new Set(['id', 'other']));
    expect(first).toEqual({ $ref: '#/components/schemas/BookNoteWithoutId' });
    expect(schemas.without(schemas.input(Note), new Set(['id']))).toEqual(first);
    expect(schemas.components.BookNoteWithoutId).toMatchObject({ required: ['title'], examples: [{ title: 'Tea' }] });
    expect(schemas.without(schemas.input(Note), new Set(['nothing']))).toEqual({
      $ref: '#/components/schemas/BookNote',
    });
  });

  it('names a recursive schema without an id by what it says, whatever else there is', () => {
    const alone = registry([], [Tree]).output(Tree);
    const Other = z.object({
      get next() {
        return Other.optional();
      },
    });
    expect(registry([], [Other, z.json(), Tree]).output(Tree)).toEqual(alone);
    expect(alone.$ref).toMatch(/^#\/components\/schemas\/Recursive_[0-9a-f]{8}$/);
  });
});
