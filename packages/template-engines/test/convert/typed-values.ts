import type { InputSchema } from '@promptory/template';
import fc from 'fast-check';
import type { Values } from './engines.ts';
import { valueText } from './values.ts';

const text = { type: 'string' };

/** What the author of a generated template declares of its inputs. */
export const declared: InputSchema = {
  type: 'object',
  properties: {
    name: text,
    title: { type: 'string', minLength: 1 },
    flag: { type: 'boolean' },
    count: { type: 'integer' },
    tone: { enum: ['dry', 'warm'] },
    tags: { type: 'array', items: text },
    person: { type: 'object', properties: { name: text, city: text }, required: ['name'], additionalProperties: false },
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          title: text,
          note: text,
          flag: { type: 'boolean' },
          count: { type: 'number' },
          tags: { type: 'array', items: text },
        },
        required: ['title', 'flag'],
        additionalProperties: false,
      },
    },
  },
};

const scalar = fc.oneof(valueText, fc.constantFrom('', ' ', 'a', 'B2', 0, 1, 3, -2.5, true, false));
const anything = fc.oneof(scalar, fc.constantFrom(null, [], ['a'], {}, { a: 1 }));

const OF_TYPES: Readonly<Record<string, (schema: InputSchema) => fc.Arbitrary<unknown>>> = {
  string: ({ minLength }) =>
    fc
      .oneof(valueText, fc.constantFrom('', ' ', 'a', 'B2'))
      .map((some) => (minLength === 1 && some === '' ? 'm' : some)),
  number: () => fc.constantFrom(0, 1, 3, -2.5, 1e21),
  integer: () => fc.constantFrom(0, 1, 2, 3),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: ({ items }) => fc.array(anyOf(items), { maxLength: 3 }),
  object: (schema) => valuesOf(schema),
};

function anyOf(schema: unknown): fc.Arbitrary<unknown> {
  const { type, enum: listed } = (schema ?? {}) as InputSchema;
  if (Array.isArray(listed)) return fc.constantFrom(...(listed as unknown[]));
  const types = type === undefined ? [] : [type].flat();
  if (types.length === 0) return anything;
  return fc.oneof(...types.map((name) => OF_TYPES[String(name)]?.(schema as InputSchema) ?? anything));
}

/** Values of which a schema of inputs takes each. */
export function valuesOf(schema: InputSchema): fc.Arbitrary<Values> {
  const required = new Set((schema.required ?? []) as string[]);
  const members = Object.entries((schema.properties ?? {}) as Record<string, unknown>).map(([name, property]) =>
    fc.tuple(
      fc.constant(name),
      required.has(name) ? anyOf(property) : fc.option(anyOf(property), { nil: undefined, freq: 3 }),
    ),
  );
  return fc
    .tuple(...members)
    .map((all) => Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Values);
}
