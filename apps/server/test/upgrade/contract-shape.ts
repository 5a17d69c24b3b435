/** What an OpenAPI document promises to callers of one operation. */
export interface OperationShape {
  /** Parameters and fields that may be sent, with the values of enumerations: `query.scope=mine`, `body.tags[]`. */
  readonly takes: readonly string[];
  /** Those of them that must be. */
  readonly needs: readonly string[];
  /** Fields that its answer always has, with their types: `items[].id:string`. */
  readonly gives: readonly string[];
}
export type ContractShape = Readonly<Record<string, OperationShape>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly schema?: Schema;
}
interface Parameter extends Schema {
  readonly name: string;
  readonly in: string;
  readonly required?: never;
}
type Document = Readonly<Record<string, unknown>>;

// A type may hold itself: prompts of messages of parts are told apart well above this.
const DEEPEST = 6;

/** What a document promises, an entry for each operation. */
export function contractShape(document: Document): ContractShape {
  const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;
  const shapes: Record<string, OperationShape> = {};
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      shapes[`${method.toUpperCase()} ${path}`] = shapeOf(document, operation);
    }
  }
  return shapes;
}

function shapeOf(document: Document, operation: Record<string, unknown>): OperationShape {
  const [takes, needs, gives] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const given of (operation.parameters ?? []) as Parameter[]) {
    const parameter = resolved(document, given) as Parameter;
    const name = `${parameter.in}.${parameter.name}`;
    if (Reflect.get(parameter, 'required') === true) needs.add(name);
    walk(document, parameter.schema ?? {}, name, { field: (at) => takes.add(at), value: (at) => takes.add(at) });
  }
  walk(document, jsonIn(document, operation.requestBody), 'body', {
    field: (at) => takes.add(at),
    value: (at) => takes.add(at),
    required: (at) => needs.add(at),
  });
  const responses = Object.entries(operation.responses as Record<string, unknown>);
  const [, answer] = responses.find(([status]) => status.startsWith('2')) ?? [];
  walk(document, jsonIn(document, answer), '', { required: (at, type) => gives.add(`${at}:${type}`) });
  return { takes: [...takes].sort(), needs: [...needs].sort(), gives: [...gives].sort() };
}

interface Found {
  field?(at: string): void;
  value?(at: string): void;
  /** Within what is required itself. */
  required?(at: string, type: string): void;
}

function walk(document: Document, given: Schema, at: string, found: Found, depth = 0, isSure = true): void {
  const schema = resolved(document, given);
  if (depth > DEEPEST) return;
  if (depth > 0 || at !== 'body') found.field?.(at);
  for (const value of schema.enum ?? []) found.value?.(`${at}=${String(value)}`);
  for (const part of schema.allOf ?? []) walk(document, part, at, found, depth, isSure);
  const either = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  // Of several forms nobody knows which comes.
  for (const part of either) walk(document, part, at, found, depth, false);
  if (schema.items) walk(document, schema.items, `${at}[]`, found, depth + 1, isSure);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const inner = at === '' ? name : `${at}.${name}`;
    const isRequired = isSure && schema.required?.includes(name) === true;
    if (isRequired) found.required?.(inner, typeOf(document, property));
    walk(document, property, inner, found, depth + 1, isRequired);
  }
}

function typeOf(document: Document, given: Schema): string {
  const schema = resolved(document, given);
  if (schema.type !== undefined) return [schema.type].flat().toSorted().join('|');
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [...new Set(parts.flatMap((part) => typeOf(document, part).split('|')))].toSorted().join('|');
}

function jsonIn(document: Document, given: unknown): Schema {
  const { content = {} } = resolved(document, Object(given)) as { content?: Record<string, { schema?: Schema }> };
  return content['application/json']?.schema ?? {};
}

function resolved(document: Document, schema: Schema): Schema {
  let found: Schema = schema;
  while (typeof found.$ref === 'string') {
    const place = found.$ref.slice('#/'.length).split('/');
    found = place.reduce<unknown>((at, key) => Reflect.get(Object(at), key), document) as Schema;
  }
  return found;
}

/** What a caller of the earlier contract would miss in the later one, a sentence each. */
export function brokenPromises(earlier: ContractShape, later: ContractShape): string[] {
  return Object.entries(earlier).flatMap(([name, before]) => {
    const now = later[name];
    if (now === undefined) return [`${name} is gone`];
    const lacks = (have: readonly string[], wanted: readonly string[]): string[] => {
      const there = new Set(have);
      return wanted.filter((each) => !there.has(each));
    };
    return [
      ...lacks(now.takes, before.takes).map((at) => `${name} does not take ${at} any more`),
      ...lacks(before.needs, now.needs).map((at) => `${name} needs ${at} now`),
      ...lacks(now.gives, before.gives).map((at) => `${name} does not always give ${at} any more`),
    ];
  });
}
