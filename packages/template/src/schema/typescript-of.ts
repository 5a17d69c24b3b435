import type { JsonValue } from '../json-value.ts';
import { callerInputs } from './caller-inputs.ts';
import {
  list,
  members,
  numberOf,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
  schemasIn,
  typesOf,
} from './check/schema-document.ts';
import { isListed, isOfType } from './check/validity.ts';
import { documentOf } from './check.ts';
import { listedValues } from './subset/literal.ts';
import { comment, isIdentifier, key, literalType, tag } from './typescript/source-text.ts';

const RESERVED = /^(?:any|bigint|boolean|never|null|number|object|string|symbol|undefined|unknown|void)$/;
const SCALARS = new Map([
  ['null', 'null'],
  ['boolean', 'boolean'],
  ['number', 'number'],
  ['integer', 'number'],
  ['string', 'string'],
]);
const OBJECT_KEYWORDS = [
  'properties',
  'required',
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'dependentRequired',
];
const ARRAY_KEYWORDS = ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems'];

/**
 * The TypeScript type of the values that a schema takes, as declarations: `export type <name>`, and one more for each place that
 * it refers to, with their descriptions. The same schema gives the same text. What TypeScript cannot say (bounds,
 * patterns, `not`, conditions) is left out, so that the type takes more; a schema that speaks of members and names no type
 * is taken for an object, as its author means it.
 *
 * @throws SchemaError where `checkSchema` refuses the schema
 * @throws TypeError where `name` is no name of a type
 */
export function typeScriptOf(schema: JsonValue, name: string): string {
  if (!isIdentifier(name) || RESERVED.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a type`);
  return new TypeWriter(documentOf(schema), name).write();
}

/**
 * The same of what a caller gives for the inputs of a version, as `checkInputs` takes it: an input that has a default may be left
 * out, and others than those that are declared are not taken.
 */
export function inputTypesOf(schema: JsonValue, name: string): string {
  return typeScriptOf(callerInputs(documentOf(schema)), name);
}

class TypeWriter {
  private readonly document: SchemaDocument;
  /** The names of the places that are referred to, in the order in which they are met. */
  private readonly names: Map<string, string>;

  constructor(document: SchemaDocument, name: string) {
    this.document = document;
    this.names = new Map([['#', name]]);
  }

  write(): string {
    let text = '';
    // Writing a type may name more places; they are at the end of the map and come next.
    for (const [reference, name] of this.names) {
      const node = this.document.target(reference);
      if (node !== undefined) text += `${docsOf(node, '')}export type ${name} = ${this.typeOf(node, '')};\n`;
    }
    return text;
  }

  private typeOf(node: SchemaNode, indent: string): string {
    if (typeof node === 'boolean') return node ? 'unknown' : 'never';
    const values = listedValues(node)?.filter((value) => isOfType(node, value) && isListed(node, value));
    if (values !== undefined) return union(values.map(literalType));
    const parts = [this.ownType(node, indent), ...this.references(node)];
    parts.push(...schemasIn(node, 'allOf').map((part) => this.typeOf(part, indent)));
    for (const keyword of ['anyOf', 'oneOf']) {
      const choices = schemasIn(node, keyword);
      if (choices.length > 0) parts.push(union(choices.map((choice) => this.typeOf(choice, indent))));
    }
    return intersection(parts.filter((part) => part !== undefined));
  }

  private references(node: SchemaObject): string[] {
    const reference = own(node, '$ref');
    if (typeof reference !== 'string') return [];
    const known = this.names.get(reference);
    if (known !== undefined) return [known];
    const words = reference
      .slice(reference.lastIndexOf('/') + 1)
      .replace(/[^A-Za-z\d]+/g, ' ')
      .split(' ');
    const base = `${this.names.get('#')}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
    const taken = new Set(this.names.values());
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}${count}`;
    this.names.set(reference, name);
    return [name];
  }

  /** What the keywords of one schema say by themselves; undefined where they say nothing. */
  private ownType(node: SchemaObject, indent: string): string | undefined {
    const types = typesOf(node) ?? impliedTypes(node);
    if (types.length === 0) return undefined;
    const written = types.map((type) => {
      if (type === 'object') return this.objectType(node, indent);
      return type === 'array' ? this.arrayType(node, indent) : (SCALARS.get(type) ?? 'unknown');
    });
    return union(written);
  }

  private objectType(node: SchemaObject, indent: string): string {
    const properties = members(node, 'properties');
    const required = new Set(list(node, 'required') as string[]);
    const inner = `${indent}  `;
    const names = [...new Set([...Object.keys(properties), ...required])];
    const others = own(node, 'additionalProperties') as SchemaNode | undefined;
    const otherType = this.typeOf(others === undefined || others === false ? true : others, inner);
    const written = names.map((name) => {
      const schema = own(properties, name) as SchemaNode | undefined;
      const type = schema === undefined ? otherType : this.typeOf(schema, inner);
      return { name, type, schema: schema ?? true, optional: !required.has(name) };
    });
    const lines = written.map(
      ({ name, type, schema, optional }) =>
        `${docsOf(schema, inner)}${inner}${key(name)}${optional ? '?' : ''}: ${type};\n`,
    );
    const index = this.indexType(node, written, inner);
    if (index !== undefined) lines.push(`${inner}[name: string]: ${index};\n`);
    return `{\n${lines.join('')}${indent}}`;
  }

  /** What members may be that no property names; undefined where only the named ones are meant. */
  private indexType(
    node: SchemaObject,
    named: readonly { type: string; optional: boolean }[],
    indent: string,
  ): string | undefined {
    const others = own(node, 'additionalProperties') as SchemaNode | undefined;
    const byPattern = Object.values(members(node, 'patternProperties')) as SchemaNode[];
    if (named.length > 0 && byPattern.length === 0 && (others === undefined || others === false)) return undefined;
    const types = byPattern.map((schema) => this.typeOf(schema, indent));
    if (others !== false || types.length === 0) types.push(this.typeOf(others ?? true, indent));
    const optional = named.some((member) => member.optional) ? ['undefined'] : [];
    return union([...types, ...named.map(({ type }) => type), ...optional]);
  }

  private arrayType(node: SchemaObject, indent: string): string {
    const items = (own(node, 'items') ?? true) as SchemaNode;
    const first = schemasIn(node, 'prefixItems').map((schema) => this.typeOf(schema, indent));
    if (first.length === 0) return items === false ? '[]' : `${grouped(this.typeOf(items, indent))}[]`;
    const least = numberOf(node, 'minItems') ?? 0;
    const written = first.map((type, index) => (index < least ? type : `${grouped(type)}?`));
    if (items !== false) written.push(`...${grouped(this.typeOf(items, indent))}[]`);
    return `[${written.join(', ')}]`;
  }
}

function impliedTypes(node: SchemaObject): string[] {
  const has = (keywords: string[]) => keywords.some((keyword) => own(node, keyword) !== undefined);
  return [...(has(OBJECT_KEYWORDS) ? ['object'] : []), ...(has(ARRAY_KEYWORDS) ? ['array'] : [])];
}

function docsOf(node: SchemaNode, indent: string): string {
  if (typeof node === 'boolean') return '';
  const text = own(node, 'description') ?? own(node, 'title');
  const tags = own(node, 'deprecated') === true ? [tag('deprecated')] : [];
  const value = own(node, 'default');
  if (value !== undefined) tags.push(tag('default', JSON.stringify(value)));
  return comment(typeof text === 'string' ? text : '', tags, indent);
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)].filter((type) => type !== 'never');
  if (different.includes('unknown')) return 'unknown';
  if (different.length === 0) return 'never';
  return different.length === 1 ? String(different[0]) : different.map(grouped).join(' | ');
}

function intersection(types: readonly string[]): string {
  const different = [...new Set(types)].filter((type) => type !== 'unknown');
  if (different.length === 0) return 'unknown';
  return different.length === 1 ? String(different[0]) : different.map(grouped).join(' & ');
}

/** In parentheses where it is put together of several, outside of braces, brackets, strings and comments. */
function grouped(type: string): string {
  let depth = 0;
  for (let at = 0; at < type.length; at++) {
    const character = type.charAt(at);
    if (character === '"') at = endOfString(type, at);
    else if (type.startsWith('/**', at)) at = type.indexOf('*/', at) + 1;
    else if ('{[('.includes(character)) depth++;
    else if ('}])'.includes(character)) depth--;
    else if (depth === 0 && (character === '|' || character === '&')) return `(${type})`;
  }
  return type;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}
