import type { JsonValue } from '../../json-value.ts';
import { jsonKey } from '../check/json-equality.ts';
import {
  type JsonType,
  list,
  members,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
} from '../check/schema-document.ts';
import { TooMuchWork, type Validity } from '../check/validity.ts';

/** That a value satisfies a schema, or that it does not. */
export interface Literal {
  readonly node: SchemaNode;
  /** Knows the schema's document. */
  readonly validity: Validity;
  readonly positive: boolean;
}

/**
 * What was found of a set of literals: a value that all of them hold for, `none` where it is proved that there is none, and
 * `unsure` where neither could be found.
 */
export type Outcome = { readonly value: JsonValue } | 'none' | 'unsure';

/** What builds a value asks this for its parts. */
export interface Search {
  /** A value of some types for which all literals hold. */
  solve(literals: readonly Literal[], types?: readonly JsonType[]): Outcome;
  /** Counts a step. */
  spend(): void;
}

/** Whether all literals hold for a value. */
export function holds(literals: readonly Literal[], value: JsonValue): boolean {
  return literals.every(({ node, validity, positive }) => validity.of(node, value) === positive);
}

/** The same; false where that is too much to check. */
export function isKnownToHold(literals: readonly Literal[], value: JsonValue): boolean {
  try {
    return holds(literals, value);
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error;
    return false;
  }
}

const NOTES = new Set([
  ...['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'example', 'discriminator'],
  ...['deprecated', 'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType'],
]);

/** Names schemas, so that two which say the same, notes aside, have one name: in one document or in two. */
export class SchemaNames {
  private readonly names = new Map<SchemaDocument, Map<SchemaObject, string>>();
  private readonly documents = new Map<SchemaDocument, string>();

  /** The name of a literal without its sign. Two documents may share a node, whose references mean another thing in each. */
  of({ node, validity: { document } }: Literal): string {
    if (typeof node === 'boolean') return String(node);
    let names = this.names.get(document);
    if (names === undefined) {
      names = new Map();
      this.names.set(document, names);
    }
    const known = names.get(node);
    if (known !== undefined) return known;
    const text = jsonKey(withoutNotes(node) as JsonValue);
    const name = text.includes('"$ref":') ? `${text} in ${this.ofDocument(document)}` : text;
    names.set(node, name);
    return name;
  }

  private ofDocument(document: SchemaDocument): string {
    const known = this.documents.get(document);
    if (known !== undefined) return known;
    const { root } = document;
    const defs = typeof root === 'boolean' ? {} : members(root, '$defs');
    const elsewhere = /"\$ref":"#(?!\/\$defs\/)/.test(JSON.stringify(root));
    const name = elsewhere ? `document ${this.documents.size}` : jsonKey(defs);
    this.documents.set(document, name);
    return name;
  }
}

function withoutNotes(node: SchemaObject): SchemaObject {
  return Object.fromEntries(
    Object.entries(node).filter(([name]) => !NOTES.has(name) && name !== '$defs' && !name.startsWith('x-')),
  );
}

/** The values that `const` and `enum` leave; undefined where a schema has neither. */
export function listedValues(node: SchemaObject): readonly JsonValue[] | undefined {
  const constant = own(node, 'const');
  if (constant !== undefined) return [constant];
  return own(node, 'enum') === undefined ? undefined : list(node, 'enum');
}

/** A schema that only one list or object satisfies, said by its parts. */
export function exactly(value: JsonValue): SchemaNode {
  if (Array.isArray(value)) {
    const { length } = value;
    const prefixItems = value.map((item) => exactly(item) as JsonValue);
    return { type: 'array', minItems: length, maxItems: length, ...(length > 0 ? { prefixItems } : {}) };
  }
  if (typeof value !== 'object' || value === null) return { const: value };
  const properties = Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, exactly(item) as JsonValue]),
  );
  return { type: 'object', properties, required: Object.keys(value), additionalProperties: false };
}
