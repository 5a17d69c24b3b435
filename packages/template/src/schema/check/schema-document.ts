import { stepName } from '../../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../../json-value.ts';

/** A schema: a boolean, or an object of keywords. */
export type SchemaNode = boolean | SchemaObject;
export type SchemaObject = { readonly [keyword: string]: JsonValue | undefined };
export type JsonObject = { readonly [name: string]: JsonValue };

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';
export const JSON_TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** A schema and what its references point at. A reference is `#` and a JSON Pointer (RFC 6901) within the schema. */
export class SchemaDocument {
  readonly root: SchemaNode;
  private readonly targets = new Map<string, SchemaNode | undefined>();

  constructor(root: SchemaNode) {
    this.root = root;
  }

  /** The schema that a reference names; undefined where there is none. */
  target(reference: string): SchemaNode | undefined {
    if (!this.targets.has(reference)) this.targets.set(reference, this.find(reference));
    return this.targets.get(reference);
  }

  private find(reference: string): SchemaNode | undefined {
    const names = pointerNames(reference);
    let place: JsonValue | undefined = names && (this.root as JsonValue);
    for (const name of names ?? []) place = isContainer(place) ? own(place, name) : undefined;
    return isSchemaNode(place) ? place : undefined;
  }
}

/** The names that a reference goes through; undefined for what is no local reference. */
export function pointerNames(reference: string): string[] | undefined {
  if (reference === '#') return [];
  if (!reference.startsWith('#/')) return undefined;
  try {
    return reference
      .slice(2)
      .split('/')
      .map((name) => stepName(decodeURIComponent(name)));
  } catch {
    return undefined;
  }
}

export function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === 'boolean' || isJsonObject(value);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An own member, never an inherited one; undefined counts as absent. */
export function own<T>(object: { readonly [name: string]: T } | object, name: string): T | undefined {
  return Object.hasOwn(object, name) ? (object as { readonly [name: string]: T })[name] : undefined;
}

/** The members of a keyword that holds schemas or values by name; none where the keyword is absent. */
export function members(node: SchemaObject, keyword: string): JsonObject {
  const value = own(node, keyword);
  return isJsonObject(value) ? value : {};
}

/** The items of a keyword that holds a list; none where it is absent. */
export function list(node: SchemaObject, keyword: string): readonly JsonValue[] {
  const value = own(node, keyword);
  return Array.isArray(value) ? value : [];
}

/** The number that a keyword holds. */
export function numberOf(node: SchemaObject, keyword: string): number | undefined {
  const value = own(node, keyword);
  return typeof value === 'number' ? value : undefined;
}

/** The types that a schema names; undefined where it names none. */
export function typesOf(node: SchemaObject): readonly string[] | undefined {
  const type = own(node, 'type');
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((name) => typeof name === 'string') : undefined;
}

export function jsonTypeOf(value: JsonValue): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}

/** The schemas of a keyword that holds a list of them. */
export function schemasIn(node: SchemaObject, keyword: string): readonly SchemaNode[] {
  return list(node, keyword) as SchemaNode[];
}
