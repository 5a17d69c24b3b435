import type { JsonValue } from '../../json-value.ts';
import {
  jsonTypeOf,
  list,
  numberOf,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
  schemasIn,
  typesOf,
} from './schema-document.ts';

const TYPE_WORDS = new Map([
  ['null', 'null'],
  ['boolean', 'true or false'],
  ['number', 'a number'],
  ['integer', 'a whole number'],
  ['string', 'a string'],
  ['array', 'a list'],
  ['object', 'an object'],
]);
/** Where a schema says nothing of a type, or nothing that a few words can say. */
export const ANY_VALUE = 'a value';

const MAX_LISTED = 8;
const MAX_QUOTED = 60;
const MAX_DEPTH = 3;

/** What a schema expects, in a few words: `a string`, `one of "low", "high"`, `a list of numbers or null`. */
export function describeSchema(document: SchemaDocument, node: SchemaNode, depth = 0): string {
  if (typeof node === 'boolean') return node ? ANY_VALUE : 'nothing';
  const constant = own(node, 'const');
  if (constant !== undefined) return quoted(constant);
  if (own(node, 'enum') !== undefined) return describeListed(list(node, 'enum'));
  const types = typesOf(node);
  if (types !== undefined) return orList(types.map((type) => describeType(node, type)));
  const reference = own(node, '$ref');
  const target = typeof reference === 'string' ? document.target(reference) : undefined;
  if (target !== undefined && depth < MAX_DEPTH) return describeSchema(document, target, depth + 1);
  const choices = [...schemasIn(node, 'anyOf'), ...schemasIn(node, 'oneOf')];
  if (choices.length === 0 || depth >= MAX_DEPTH) return ANY_VALUE;
  return orList([...new Set(choices.map((choice) => describeSchema(document, choice, depth + 1)))]);
}

/** A type with its article. */
export function typeWords(type: string): string {
  return TYPE_WORDS.get(type) ?? type;
}

/** The type of a value with its article; of null and booleans, the value itself. */
export function valueWords(value: JsonValue): string {
  return value === null || typeof value === 'boolean' ? String(value) : typeWords(jsonTypeOf(value));
}

/** A value as JSON, cut where it is long. */
export function quoted(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`;
}

/** `a, b or c` */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'nothing') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function describeType(node: SchemaObject, type: string): string {
  const format = own(node, 'format');
  if (type === 'string' && typeof format === 'string') return `a string (${format})`;
  if (type !== 'number' && type !== 'integer') return typeWords(type);
  const least = numberOf(node, 'minimum');
  const most = numberOf(node, 'maximum');
  return `${typeWords(type)}${least === undefined ? '' : ` from ${least}`}${most === undefined ? '' : ` up to ${most}`}`;
}

function describeListed(values: readonly JsonValue[]): string {
  const shown = values.slice(0, MAX_LISTED).map(quoted).join(', ');
  if (values.length === 1) return shown;
  return `one of ${shown}${values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : ''}`;
}
