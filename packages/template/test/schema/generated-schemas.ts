import fc from 'fast-check';
import type { JsonValue } from '../../src/json-value.ts';
import { checkSchema } from '../../src/schema/check-schema.ts';

// Few names, small numbers and short texts, so that two schemas and a value have something to do with one another.

type JsonObject = { [name: string]: JsonValue };

const name = fc.constantFrom('a', 'b', 'c');
const count = fc.integer({ min: 0, max: 3 });
const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 3, 4, 6);
const text = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'aab', 'x', '😀', '2024-01-31');
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(fc.constantFrom(null, true, false), number, text);
const pattern = fc.constantFrom('^a', 'b$', '^[ab]*$', '^$', 'a|x');
const type = fc.constantFrom('null', 'boolean', 'number', 'integer', 'string', 'array', 'object');

/** Values, small ones. */
export const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Some of the keywords of a record, each or not. */
const some = (
  keywords: { [name: string]: fc.Arbitrary<JsonValue> },
  always: JsonObject = {},
): fc.Arbitrary<JsonObject> =>
  fc
    .record(keywords, { requiredKeys: [], noNullPrototype: true })
    .map((chosen) => ({ ...always, ...(chosen as JsonObject) }));

const numbers = some(
  {
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    multipleOf: fc.constantFrom(0.5, 1, 2, 3),
  },
  {},
);
const texts = some({ minLength: count, maxLength: count, pattern, format: fc.constant('date') });
const names = fc.uniqueArray(name, { maxLength: 2 });

const { schema: anySchema } = fc.letrec<{ schema: JsonValue }>((tie) => {
  const schema = tie('schema');
  const several = fc.array(schema, { minLength: 1, maxLength: 3 });
  const bounds = { minItems: count, maxItems: count, uniqueItems: fc.boolean() };
  // Ajv takes an empty list for `contains` beside `prefixItems`, so no list has both.
  const lists = fc.oneof(
    some({ ...bounds, items: schema, prefixItems: several }),
    some({
      ...bounds,
      items: schema,
      contains: schema.map((inner) => (typeof inner === 'boolean' ? { type: 'null' } : inner)),
      minContains: count,
      maxContains: count,
    }),
  );
  const objects = some({
    properties: fc.dictionary(name, schema, { maxKeys: 3, noNullPrototype: true }),
    required: names,
    additionalProperties: fc.oneof(fc.constant(false), schema),
    patternProperties: fc.dictionary(pattern, schema, { maxKeys: 1, noNullPrototype: true }),
    propertyNames: fc.constantFrom<JsonValue>({ maxLength: 1 }, { enum: ['a', 'b'] }),
    minProperties: count,
    maxProperties: count,
    dependentRequired: fc.dictionary(name, names, { maxKeys: 1, noNullPrototype: true }),
  });
  const plainObjects = some({
    properties: fc.dictionary(name, schema, { maxKeys: 3, noNullPrototype: true }),
    required: names,
    additionalProperties: fc.constantFrom(true, false),
  });
  const choices = fc.oneof(
    several.map((allOf) => ({ allOf })),
    several.map((anyOf) => ({ anyOf })),
    several.map((oneOf) => ({ oneOf })),
    schema.map((not) => ({ not })),
    fc
      .tuple(schema, schema, schema)
      .map((all) => Object.fromEntries(['if', 'then', 'else'].map((key, at) => [key, all[at]]))),
  ) as fc.Arbitrary<JsonObject>;
  const typed = (of: fc.Arbitrary<JsonObject>, types: readonly JsonValue[]) =>
    fc.tuple(of, fc.constantFrom(...types)).map(([keywords, of]): JsonObject => ({ ...keywords, type: of }));
  return {
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean(),
      type.map((type) => ({ type })),
      fc.uniqueArray(type, { minLength: 1, maxLength: 3 }).map((type) => ({ type })),
      fc.array(values, { minLength: 1, maxLength: 3 }).map((listed) => ({ enum: listed })),
      values.map((constant) => ({ const: constant })),
      fc.constantFrom({ $ref: '#/$defs/one' }, { $ref: '#/$defs/two' }),
      fc.oneof(numbers, texts),
      typed(numbers, ['number', 'integer', ['number', 'null']]),
      typed(texts, ['string', ['string', 'null']]),
      typed(lists, ['array', ['array', 'null']]),
      typed(objects, ['object', ['object', 'null']]),
      typed(plainObjects, ['object']),
      lists,
      objects,
      choices,
      fc.tuple(choices, fc.oneof(numbers, texts, plainObjects)).map(([left, right]) => ({ ...left, ...right })),
    ),
  };
});

/** Schemas that are taken, with references and recursion among them. */
export const schemas: fc.Arbitrary<JsonObject> = fc
  .tuple(anySchema, anySchema, anySchema)
  .map(([root, one, two]): JsonObject => {
    const node = typeof root === 'object' ? (root as JsonObject) : { allOf: [root] };
    return { ...node, $defs: { one, two } };
  })
  .filter((schema) => checkSchema(schema).length === 0);

/** A schema, and the same with one or two places changed, or another one. */
export const schemaPairs: fc.Arbitrary<[JsonObject, JsonObject]> = fc.oneof(
  fc.tuple(schemas, schemas),
  fc
    .tuple(schemas, fc.nat(), anySchema)
    .map(([schema, place, other]): [JsonObject, JsonObject] => [schema, replaced(schema, place, other)])
    .filter(([, changed]) => checkSchema(changed).length === 0),
);

/** The value with the schema at one of its places replaced by another. */
function replaced(schema: JsonObject, place: number, other: JsonValue): JsonObject {
  const copy = structuredClone(schema);
  const places: { holder: JsonObject | JsonValue[]; key: string }[] = [];
  const pending: (JsonObject | JsonValue[])[] = [copy];
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    for (const [key, inner] of Object.entries(holder)) {
      if (typeof inner === 'object' && inner !== null) pending.push(inner as JsonObject);
      if (key !== '$defs') places.push({ holder, key });
    }
  }
  const chosen = places[place % Math.max(1, places.length)];
  if (chosen !== undefined) (chosen.holder as JsonObject)[chosen.key] = other;
  return copy;
}
