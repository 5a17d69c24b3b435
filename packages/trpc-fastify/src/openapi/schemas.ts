import { hash } from 'node:crypto';
import { z } from 'zod';
import type { JsonSchema } from './document.ts';
import { plainPattern } from './plain-pattern.ts';

const LOCAL = '#/$defs/';
const COMPONENT = '#/components/schemas/';

/** JSON Schemas of zod schemas, and the definitions that they share. */
export interface Converted {
  schemas: Map<z.ZodType, JsonSchema>;
  defs: Record<string, JsonSchema>;
}

/** Converts many schemas in one go, so that a schema with an id (`.meta({ id })`) is one definition for all of them. */
export function convert(schemas: Iterable<z.ZodType>, io: 'input' | 'output'): Converted {
  const list = [...new Set(schemas)];
  const shape = Object.fromEntries(list.map((schema, index) => [`s${index}`, schema]));
  const all = z.toJSONSchema(z.object(shape), {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => plainPatterns(jsonSchema as JsonSchema),
  }) as JsonSchema;
  const defs = (all.$defs ?? {}) as Record<string, JsonSchema>;
  const names = namesByContent(defs);
  const rename = (name: string) => names.get(name) ?? name;
  const properties = renameRefs((all.properties ?? {}) as Record<string, JsonSchema>, LOCAL, rename);
  return {
    schemas: new Map(list.map((schema, index) => [schema, properties[`s${index}`] ?? {}])),
    defs: Object.fromEntries(
      Object.entries(renameRefs(defs, LOCAL, rename)).map(([name, schema]) => [rename(name), schema]),
    ),
  };
}

function plainPatterns(schema: JsonSchema): void {
  if (typeof schema.pattern === 'string') schema.pattern = plainPattern(schema.pattern);
  // Several of one text.
  if (Array.isArray(schema.allOf)) for (const part of schema.allOf as JsonSchema[]) plainPatterns(part);
}

const COUNTED = /^__schema\d+$/;

/**
 * Names for recursive schemas without an id. zod counts them, so that one more of them anywhere would rename all others:
 * what they say names them instead.
 */
function namesByContent(defs: Converted['defs']): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [name, schema] of Object.entries(defs)) {
    if (!COUNTED.test(name)) continue;
    const text = JSON.stringify(schema).replace(/__schema\d+/g, '');
    let unique = `Recursive_${hash('sha256', text).slice(0, 8)}`;
    while (taken.has(unique)) unique += '_';
    taken.add(unique);
    names.set(name, unique);
  }
  return names;
}

/** Every `$ref` inside a piece of a document. */
export function refsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) refsIn(item, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      if (key === '$ref' && typeof child === 'string') found.add(child);
      else refsIn(child, found);
    }
  }
  return found;
}

/** The same, its references to local definitions now to `root` and by their new names. */
function renameRefs<T>(value: T, root: string, rename: (name: string) => string): T {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, root, rename)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    if (key !== '$ref' || typeof child !== 'string' || !child.startsWith(LOCAL)) {
      return [key, renameRefs(child, root, rename)];
    }
    return [key, root + rename(child.slice(LOCAL.length))];
  });
  return Object.fromEntries(entries) as T;
}

/** Ids whose input form is not their output form (a default, a transform), themselves or in what they refer to. */
function differing(inputs: Converted['defs'], outputs: Converted['defs']): Set<string> {
  const found = new Set<string>();
  for (const [id, schema] of Object.entries(inputs)) {
    if (outputs[id] !== undefined && JSON.stringify(schema) !== JSON.stringify(outputs[id])) found.add(id);
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [id, schema] of Object.entries(inputs)) {
      if ([...refsIn(schema)].some((ref) => found.has(ref.slice(LOCAL.length)))) found.add(id);
    }
  }
  return found;
}

/** JSON Schemas of a document's inputs and outputs, and the named components they refer to. */
export interface SchemaRegistry {
  input(schema: z.ZodType): JsonSchema;
  output(schema: z.ZodType): JsonSchema;
  /** The schema a `$ref` names. */
  resolve(ref: string): JsonSchema;
  /** A schema without some of its properties; a component of its own where it was one. */
  without(schema: JsonSchema, names: ReadonlySet<string>): JsonSchema;
  /** A reference to a component made of this schema. Throws when another has its name. */
  component(name: string, schema: JsonSchema): JsonSchema;
  components: Record<string, JsonSchema>;
  /** The last line of a stream that failed: the host's problem, whose `type` says that it is one. */
  readonly errorLine: JsonSchema;
}

/**
 * Makes the registry of what {@link convert} made of all inputs, and of all outputs and the problem. Where the input form of a
 * named schema differs from its output form, the input form is the component `<id>Input`. Throws when that name is taken, or
 * when two schemas have one id.
 */
export function schemaRegistry(inputs: Converted, outputs: Converted, problem: z.ZodType): SchemaRegistry {
  const apart = differing(inputs.defs, outputs.defs);
  const inputName = (id: string) => (apart.has(id) ? `${id}Input` : id);
  const components: Record<string, JsonSchema> = {};
  for (const [id, schema] of Object.entries(outputs.defs))
    components[id] = renameRefs(schema, COMPONENT, (name) => name);
  for (const [id, schema] of Object.entries(inputs.defs)) {
    const name = inputName(id);
    if (name !== id && components[name] !== undefined) throw new Error(`The schema id ${name} is taken twice.`);
    components[name] = renameRefs(schema, COMPONENT, inputName);
  }
  const resolve = (ref: string) => components[ref.slice(COMPONENT.length)] ?? {};
  const problemRef = renameRefs(outputs.schemas.get(problem) ?? {}, COMPONENT, (name) => name);
  const problemName = typeof problemRef.$ref === 'string' ? problemRef.$ref.slice(COMPONENT.length) : 'Problem';
  const component = (name: string, schema: JsonSchema): JsonSchema => {
    if (components[name] !== undefined && JSON.stringify(components[name]) !== JSON.stringify(schema)) {
      throw new Error(`The schema id ${name} is taken twice.`);
    }
    components[name] = schema;
    return { $ref: COMPONENT + name };
  };
  return {
    components,
    resolve,
    component,
    get errorLine() {
      const name = `${problemName}Line`;
      components[name] ??= errorLineOf(typeof problemRef.$ref === 'string' ? resolve(problemRef.$ref) : problemRef);
      return { $ref: COMPONENT + name };
    },
    without(schema, names) {
      const { $ref } = schema;
      const present = [...propertiesOf(schema, resolve).keys()].filter((name) => names.has(name)).sort();
      if (typeof $ref !== 'string' || present.length === 0) return withoutProperties(schema, names, resolve);
      const suffix = present.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('And');
      const name = `${$ref.slice(COMPONENT.length)}Without${suffix}`;
      return component(name, withoutProperties(schema, names, resolve));
    },
    input: (schema) => renameRefs(inputs.schemas.get(schema) ?? {}, COMPONENT, inputName),
    output: (schema) => renameRefs(outputs.schemas.get(schema) ?? {}, COMPONENT, (name) => name),
  };
}

function errorLineOf(problem: JsonSchema): JsonSchema {
  const properties = { ...(problem.properties as JsonSchema | undefined), type: { type: 'string', const: 'error' } };
  const required = new Set([...((problem.required as string[] | undefined) ?? []), 'type']);
  return { ...problem, type: 'object', properties, required: [...required] };
}

type Resolve = SchemaRegistry['resolve'];

function branchesOf(schema: JsonSchema): { branches: JsonSchema[]; all: boolean } | undefined {
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[key];
    if (Array.isArray(branches)) return { branches: branches as JsonSchema[], all: key === 'allOf' };
  }
  return undefined;
}

/** The properties of an object schema, through refs, unions and intersections; required is what every branch requires. */
export function propertiesOf(
  schema: JsonSchema,
  resolve: Resolve,
): Map<string, { schema: JsonSchema; required: boolean }> {
  if (typeof schema.$ref === 'string') return propertiesOf(resolve(schema.$ref), resolve);
  const found = new Map<string, { schema: JsonSchema; required: boolean }>();
  const union = branchesOf(schema);
  if (union === undefined) {
    const required = new Set(schema.required as string[] | undefined);
    for (const [name, property] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
      found.set(name, { schema: property, required: required.has(name) });
    }
    return found;
  }
  const maps = union.branches.map((branch) => propertiesOf(branch, resolve));
  for (const map of maps) {
    for (const [name, property] of map) {
      const others = maps.map((other) => other.get(name)?.required === true);
      const required = union.all ? others.includes(true) : !others.includes(false);
      if (!found.has(name)) found.set(name, { schema: property.schema, required });
    }
  }
  return found;
}

/** The schema without some of its properties; itself, reference and all, when it has none of them. */
function withoutProperties(schema: JsonSchema, names: ReadonlySet<string>, resolve: Resolve): JsonSchema {
  if (![...propertiesOf(schema, resolve).keys()].some((name) => names.has(name))) return schema;
  if (typeof schema.$ref === 'string') return withoutProperties(resolve(schema.$ref), names, resolve);
  const copy: JsonSchema = { ...schema };
  if (Array.isArray(copy.examples)) copy.examples = copy.examples.map((example) => withoutKeys(example, names));
  if (copy.example !== undefined) copy.example = withoutKeys(copy.example, names);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[key];
    if (Array.isArray(branches)) copy[key] = branches.map((branch) => withoutProperties(branch, names, resolve));
  }
  if (typeof schema.properties !== 'object' || schema.properties === null) return copy;
  copy.properties = Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !names.has(name)));
  const required = ((schema.required ?? []) as string[]).filter((name) => !names.has(name));
  if (required.length > 0) copy.required = required;
  else delete copy.required;
  return copy;
}

function withoutKeys(value: unknown, names: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
}
