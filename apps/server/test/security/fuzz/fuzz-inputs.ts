import type { RestProcedure } from '@promptory/trpc-fastify';
import fc from 'fast-check';
import { z } from 'zod';
import { namedThings } from './fuzz-things.ts';

// Inputs made from a procedure's own schema, as JSON Schema. What names a thing of the world stands in them as a
// placeholder, so that the same inputs serve any world.

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

type Definitions = Readonly<Record<string, Schema>>;

const text = (schema: Schema): fc.Arbitrary<string> => {
  const { minLength = 0, maxLength = 300 } = schema;
  const most = Math.min(maxLength, 300);
  const words = fc.constantFrom('alpha', 'Bravo 2', 'größe', '提示', '{{ name }} says {{ thing }}', '%', 'a_b', 'C:\\');
  return fc.oneof(
    { weight: 5, arbitrary: words.map((word) => word.slice(0, maxLength).padEnd(minLength, 'x')) },
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength: most }) },
    { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(maxLength, 20_000))) },
  );
};

/** Text by the name of the field that it is for. */
const byName: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  email: fc.oneof(
    namedThings('email'),
    fc.emailAddress().map((email) => email.slice(0, 250)),
  ),
  handle: namedThings('handle'),
  owner: fc.oneof(fc.constant('me'), namedThings('handle')),
  password: namedThings('password'),
  currentPassword: namedThings('password'),
  newPassword: fc.constantFrom('another good password', 'ten red balloons float'),
  code: namedThings('code'),
  token: namedThings('token'),
  refreshToken: namedThings('refreshToken'),
  q: fc.oneof(namedThings('word'), fc.string({ unit: 'grapheme', maxLength: 40 }).map(oneLine)),
  category: fc.oneof(namedThings('word'), fc.constantFrom('Writing', 'Coding')),
  version: fc.integer({ min: 1, max: 3 }),
  from: fc.constantFrom(1, 2, '2026-01-01', '0001-01-01'),
  to: fc.constantFrom(1, 2, '2026-12-31', '9999-12-31'),
  slug: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}(?:\/[a-z0-9][a-z0-9_-]{0,20}){0,2}$/),
  avatarUrl: fc.oneof(fc.constant(null), fc.webUrl({ withQueryParameters: true })),
  locale: fc.constantFrom('en', 'pt-BR', 'zh-Hant-TW'),
  expiresAt: fc.constantFrom('2030-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '2020-01-01T00:00:00Z'),
  config: fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
  inputSchema: fc.oneof(fc.constant(null), fc.constant({ type: 'object', properties: { name: { type: 'string' } } })),
  outputSchema: fc.oneof(fc.constant(null), fc.constant({ enum: ['yes', 'no'] })),
  body: fc.oneof(
    fc.constantFrom(
      'title,content\nOne,Say it\nTwo,"Say\n""it"""',
      '{"title":"One","content":"Say it"}\n',
      'title\n',
      '',
    ),
    fc
      .array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 6 })
      .map((cells) => `title,content,tags\n${cells.join()}`),
    fc
      .array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 })
      .map((rows) => rows.map((row) => JSON.stringify(row)).join('\n')),
  ),
};

function oneLine(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, ' ');
}

function arbitraryOf(schema: Schema, definitions: Definitions, name: string): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const target = definitions[schema.$ref.split('/').at(-1) ?? ''];
    if (target === undefined) throw new Error(`${schema.$ref} is not defined.`);
    return arbitraryOf(target, definitions, name);
  }
  if (schema.format === 'uuid') return namedThings('id');
  if (schema.enum !== undefined) return fc.constantFrom<unknown[]>(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (named !== undefined) return named;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((each) => arbitraryOf(each, definitions, name)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, definitions);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, definitions, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    case 'integer':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -100, max: Math.min(schema.maximum ?? 1_000, 1_000) }),
        fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1_000),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return text(schema).map((value) => (schema.pattern === undefined ? value : oneLine(value)));
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf({ properties = {}, required = [] }: Schema, definitions: Definitions): fc.Arbitrary<object> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const value = arbitraryOf(schema, definitions, name);
      // A cursor of one's own making is another proof's matter; here it would only hide the rest of the input.
      if (name === 'cursor') return [name, fc.constant(undefined)];
      return [name, required.includes(name) ? value : fc.option(value, { nil: undefined, freq: 1 })];
    }),
  );
  return fc
    .record(fields)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));
}

/** Inputs of a procedure, from nothing but its schema. */
export function inputsOf({ inputs }: RestProcedure): fc.Arbitrary<object> {
  if (inputs === undefined) return fc.constant({});
  const schema = z.toJSONSchema(inputs, { io: 'input', unrepresentable: 'any' }) as Schema & { $defs?: Definitions };
  return objectOf(schema, schema.$defs ?? {});
}
