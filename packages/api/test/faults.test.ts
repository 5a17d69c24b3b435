import { type Fault, FieldErrorCode, FieldErrorParams, faultsOf } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { appRouter } from '../src/app-router.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

type Path = readonly (string | number)[];

/** A wrong value, where it stands, what else that place needs, and what kind of wrong it is. */
interface Wrong {
  readonly kind: string;
  readonly path: Path;
  readonly at: (value: unknown) => unknown;
  readonly value: unknown;
}

/** What fits a schema's shape, for the places beside the wrong one. */
function sample(schema: Schema): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return sample(first);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'array') return schema.items === undefined ? [] : [sample(schema.items)];
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'object') return samples(schema);
  if (schema.format === 'uuid') return '01900000-0000-7000-8000-000000000000';
  return 'abcdef';
}

const samples = ({ properties = {}, required = [] }: Schema): Record<string, unknown> =>
  Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));

const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), 1);

function* wrongsOf(schema: Schema, path: Path, at: Wrong['at']): Generator<Wrong> {
  const wrong = (kind: string, value: unknown, deeper: Path = []): Wrong => ({
    kind,
    path: [...path, ...deeper],
    at,
    value,
  });
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) {
    yield wrong('another type', 1.5);
    for (const branch of branches) yield* wrongsOf(branch, path, at);
    return;
  }
  if (schema.enum !== undefined || schema.const !== undefined) {
    yield wrong('none of the values', 'none of these');
    yield wrong('another type', { a: 1 });
    return;
  }
  if (schema.type === 'string') {
    const formatted = schema.format === undefined ? 'too long' : 'bad format';
    yield wrong('another type', 42);
    yield wrong('another type', { a: 1 });
    if (schema.maxLength !== undefined) yield wrong(formatted, 'a'.repeat(schema.maxLength * 4 + 1));
    if ((schema.minLength ?? 0) > 0) yield wrong('too short', '');
    if (schema.format !== undefined || schema.pattern !== undefined) yield wrong('bad format', '!\u0001');
    if (schema.pattern !== undefined && schema.format === undefined) yield wrong('NUL', 'a\0b');
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    yield wrong('another type', 'many');
    yield wrong('a fraction', 1.5);
    if (schema.maximum !== undefined) yield wrong('too large', schema.maximum + 1);
    if (schema.minimum !== undefined) yield wrong('too small', schema.minimum - 1);
  }
  if (schema.type === 'boolean') yield wrong('another type', 'yes');
  if (schema.type === 'array') {
    const { items = {}, maxItems } = schema;
    yield wrong('another type', 'one');
    if (maxItems !== undefined)
      yield wrong(
        'too many',
        Array.from({ length: maxItems + 1 }, () => sample(items)),
      );
    if ((schema.minItems ?? 0) > 0) yield wrong('too few', []);
    yield* wrongsOf(items, [...path, 0], (value) => at([value]));
    yield { ...wrong('null', null, [0]), at: (value) => at([value]) };
  }
  if (schema.type !== 'object') return;
  if (path.length > 0) {
    yield wrong('another type', 'a text');
    yield wrong('another type', []);
  }
  const { properties } = schema;
  if (properties === undefined) {
    yield wrong('NUL', { deep: ['a\0b'] });
    yield wrong('NUL in a name', { 'a\0b': 1 });
    yield wrong('half a surrogate', { a: '\ud800' });
    yield wrong('depth', nested(40));
    yield wrong('too large', { a: 'x'.repeat(300_000) });
    return;
  }
  yield wrong('an unknown field', { ...samples(schema), surprise: 1 }, ['surprise']);
  for (const [name, property] of Object.entries(properties)) {
    const rest = samples(schema);
    const inside = (value: unknown): unknown => at({ ...rest, [name]: value });
    yield* wrongsOf(property, [...path, name], inside);
    if (schema.required?.includes(name)) {
      const { [name]: _, ...without } = rest;
      if (property.const === undefined) yield { ...wrong('left out', without, [name]), at };
    }
    const isNullable = (property.anyOf ?? []).some(({ type }) => type === 'null');
    if (!isNullable) yield { ...wrong('null', null, [name]), at: inside };
  }
}

const inputs = Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) => {
  const [input] = (procedure as unknown as { _def: { inputs: z.ZodType[] } })._def.inputs;
  if (input === undefined) return [];
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Schema & {
    readonly $defs?: Readonly<Record<string, Schema>>;
  };
  return [{ name, input, schema: inlined(schema, schema.$defs ?? {}) as Schema }];
});

function inlined(value: unknown, definitions: Readonly<Record<string, Schema>>): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const reference: unknown = Reflect.get(value, '$ref');
  if (typeof reference === 'string') return inlined(definitions[reference.split('/').at(-1) ?? ''], definitions);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inlined(inner, definitions)]));
}

/** Whether a person could act on it: it says what is to be, in words, and echoes nothing of zod's. */
const isActionable = (message: string): boolean =>
  /^(?:Must |Is required: it must be |Is no field that is known here: leave it out|Give |Has a name that is refused\. The name: Must )/.test(
    message,
  ) && !/Invalid|undefined|unknown|expected|nonoptional|\[object|NaN/i.test(message.replace('is known', ''));

/** What zod itself would say of an input, were it asked for words. */
function wordsOfZod(input: z.ZodType, value: unknown): ReadonlySet<string> {
  const { customError } = z.config();
  z.config({ customError: () => undefined });
  try {
    return new Set(wordsIn(input.safeParse(value).error?.issues ?? []));
  } finally {
    z.config(customError === undefined ? {} : { customError });
  }
}

const wordsIn = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.flatMap((issue) => [
    // The sentences of our own checks are no words of zod's.
    ...(issue.code === 'custom' ? [] : [issue.message]),
    ...(issue.code === 'invalid_union' ? issue.errors.flatMap(wordsIn) : []),
    ...(issue.code === 'invalid_key' || issue.code === 'invalid_element' ? wordsIn(issue.issues) : []),
  ]);

/** Whether a program can translate it: by a code that says which rule it was, with what the sentence is made of. */
const isTranslatable = ({ code, params }: Fault): boolean =>
  FieldErrorCode.safeParse(code).success &&
  code !== 'invalid' &&
  FieldErrorParams.safeParse(params).success &&
  params.format !== 'regex';

/** Kinds that are mended in different ways, so that no message may serve for two of them. */
const apart: ReadonlySet<string> = new Set([
  'left out',
  'null',
  'NUL',
  'half a surrogate',
  'depth',
  'too long',
  'too many',
]);

it.each(inputs)('says of everything that $name refuses where it is and what was expected', ({ input, schema }) => {
  const faults: string[] = [];
  let refusals = 0;
  const { error: restError } = input.safeParse(samples(schema));
  const ofRest = restError === undefined ? undefined : JSON.stringify(faultsOf(restError));
  const said = new Map<string, string>();
  for (const { kind, path, at, value } of wrongsOf(schema, [], (whole) => whole)) {
    const { error } = input.safeParse(at(value));
    if (error === undefined) continue;
    refusals += 1;
    const named = faultsOf(error);
    // What one shape of a union refuses another may take: then only the rest is refused.
    if (JSON.stringify(named) === ofRest) continue;
    const here = named.filter((fault) => fault.path.join('.') === path.join('.'));
    const where = `${path.join('.')} (${kind})`;
    if (here.length === 0) faults.push(`${where}: only ${named.map((fault) => fault.path.join('.')).join(', ')}`);
    if (here.length > 1) faults.push(`${where}: ${here.map(({ message }) => message).join(' and ')}`);
    for (const { message } of named) if (!isActionable(message)) faults.push(`${where}: ${message}`);
    for (const fault of named) if (!isTranslatable(fault)) faults.push(`${where}: ${JSON.stringify(fault)}`);
    const words = wordsOfZod(input, at(value));
    for (const part of named.flatMap(({ message }) => message.split(', or: ')))
      if (words.has(part)) faults.push(`${where}: in zod’s words: ${part}`);
    const line = `${path.join('.')}: ${here[0]?.message}`;
    const other = said.get(line);
    if (other !== undefined && other !== kind && apart.has(kind))
      faults.push(`${where}: the same is said of what is ${other}`);
    // What is no URL at all is refused as such, however it is none.
    if (apart.has(kind) && !line.includes(': Must be a URL')) said.set(line, kind);
  }
  expect(faults).toEqual([]);
  if (Object.keys(schema.properties ?? {}).length > 0) expect(refusals).toBeGreaterThan(0);
});
