import { z } from 'zod';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { [key: string]: unknown };

const LOCAL = '#/$defs/';
const COMPONENT = '#/components/schemas/';

interface Converted {
  schemas: Map<z.ZodType, JsonSchema>;
  defs: Record<string, JsonSchema>;
}

/** Converts many schemas in one go, so that a schema with an id (`.meta({ id })`) is one definition for all of them. */
function convert(schemas: Iterable<z.ZodType>, io: 'input' | 'output'): Converted {
  const list = [...new Set(schemas)];
  const shape = Object.fromEntries(list.map((schema, index) => [`s${index}`, schema]));
  const all = z.toJSONSchema(z.object(shape), { io, unrepresentable: 'any' }) as JsonSchema;
  const properties = (all.properties ?? {}) as Record<string, JsonSchema>;
  return {
    schemas: new Map(list.map((schema, index) => [schema, properties[`s${index}`] ?? {}])),
    defs: (all.$defs ?? {}) as Record<string, JsonSchema>,
  };
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

function renameRefs<T>(value: T, rename: (name: string) => string): T {
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, rename)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    if (key !== '$ref' || typeof child !== 'string' || !child.startsWith(LOCAL))
      return [key, renameRefs(child, rename)];
    return [key, COMPONENT + rename(child.slice(LOCAL.length))];
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
export interface SchemaBook {
  input(schema: z.ZodType): JsonSchema;
  output(schema: z.ZodType): JsonSchema;
  /** The schema a `$ref` names. */
  resolve(ref: string): JsonSchema;
  components: Record<string, JsonSchema>;
}

/**
 * Makes the book. Where the input form of a named schema differs from its output form, the input form is the component
 * `<id>Input`. Throws when that name is taken, or when two schemas have one id.
 */
export function schemaBook(inputSchemas: Iterable<z.ZodType>, outputSchemas: Iterable<z.ZodType>): SchemaBook {
  const inputs = convert(inputSchemas, 'input');
  const outputs = convert(outputSchemas, 'output');
  const apart = differing(inputs.defs, outputs.defs);
  const inputName = (id: string) => (apart.has(id) ? `${id}Input` : id);
  const components: Record<string, JsonSchema> = {};
  for (const [id, schema] of Object.entries(outputs.defs)) components[id] = renameRefs(schema, (name) => name);
  for (const [id, schema] of Object.entries(inputs.defs)) {
    const name = inputName(id);
    if (name !== id && components[name] !== undefined) throw new Error(`The schema id ${name} is taken twice.`);
    components[name] = renameRefs(schema, inputName);
  }
  return {
    components,
    input: (schema) => renameRefs(inputs.schemas.get(schema) ?? {}, inputName),
    output: (schema) => renameRefs(outputs.schemas.get(schema) ?? {}, (name) => name),
    resolve: (ref) => components[ref.slice(COMPONENT.length)] ?? {},
  };
}

type Resolve = SchemaBook['resolve'];

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
export function withoutProperties(schema: JsonSchema, names: ReadonlySet<string>, resolve: Resolve): JsonSchema {
  if (![...propertiesOf(schema, resolve).keys()].some((name) => names.has(name))) return schema;
  if (typeof schema.$ref === 'string') return withoutProperties(resolve(schema.$ref), names, resolve);
  const copy: JsonSchema = { ...schema };
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
