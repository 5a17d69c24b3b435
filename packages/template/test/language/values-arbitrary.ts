import fc from 'fast-check';
import type { InputSchema } from '../../src/language/inputs/infer-inputs.ts';
import { hostileText } from './template-arbitrary.ts';

const scalar = fc.oneof(hostileText, fc.integer({ min: -5, max: 5 }), fc.boolean());

/** Values that satisfy a schema as `inferInputs` makes them. */
export function inputsFor(schema: InputSchema): fc.Arbitrary<Record<string, unknown>> {
  return valueFor(schema, 'object') as fc.Arbitrary<Record<string, unknown>>;
}

function anyValueFor(schema: InputSchema): fc.Arbitrary<unknown> {
  if (schema.type === undefined)
    return fc.oneof(
      scalar,
      fc.constant(null),
      fc.array(scalar, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'toString'), scalar, { maxKeys: 2 }),
    );
  return fc.oneof(...[schema.type].flat().map((type) => valueFor(schema, String(type))));
}

function valueFor(schema: InputSchema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return hostileText;
    case 'number':
      return fc.double({ min: -100, max: 100, noNaN: true });
    case 'integer':
      return fc.integer({ min: -3, max: 30 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(anyValueFor((schema.items ?? {}) as InputSchema), { maxLength: 3 });
    default:
      return objectFor(schema);
  }
}

function objectFor(schema: InputSchema): fc.Arbitrary<object> {
  const required = new Set((schema.required ?? []) as string[]);
  const members = Object.entries((schema.properties ?? {}) as Record<string, InputSchema>).map(([name, property]) =>
    (required.has(name) ? anyValueFor(property) : fc.option(anyValueFor(property), { nil: undefined })).map(
      (value): [string, unknown] => [name, value],
    ),
  );
  return fc.tuple(...members).map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}
