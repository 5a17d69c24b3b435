import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { FormatFault, type Warn, warnOfOthers, wordSet } from '../document/prompt-document.ts';

/** An input or output of a Prompty file. */
export interface Property {
  readonly name: string;
  readonly kind: string;
  readonly about: JsonObject;
}

/** What is messages, or is put in by its address: each is a part or a place of its own. */
export const MEDIA_KINDS: ReadonlySet<string> = new Set(['image', 'audio', 'file']);
export const THREAD = 'thread';

const TYPES: Readonly<Record<string, string | undefined>> = {
  string: 'string',
  integer: 'integer',
  float: 'number',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
  list: 'array',
  object: 'object',
};
const MAX_DEPTH = 20;

/**
 * Properties as a list with names or as keys and values; a value alone is a default, and shows the kind.
 *
 * @throws FormatFault
 */
export function readProperties(value: JsonValue | undefined, within: string): Property[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const at = { within: `${within}[${index}]` };
      if (!isJsonObject(item) || typeof item.name !== 'string') throw new FormatFault('A property has a name.', at);
      return propertyOf(item.name, item);
    });
  }
  if (!isJsonObject(value)) throw new FormatFault(`"${within}" is a list, or keys and values.`, { within });
  return Object.entries(value).map(([name, item]) => propertyOf(name, isJsonObject(item) ? item : { default: item }));
}

function propertyOf(name: string, about: JsonObject): Property {
  const kind = about.kind ?? about.type;
  return { name, kind: typeof kind === 'string' ? kind : kindOf(about.default), about };
}

function kindOf(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  if (typeof value === 'boolean') return 'boolean';
  return isJsonObject(value) ? 'object' : 'string';
}

/**
 * JSON Schema of properties; null where there are none. Threads are placeholders, and no inputs of their own.
 *
 * @throws FormatFault
 */
export function schemaOfProperties(properties: readonly Property[], within: string, depth = 0): JsonObject | null {
  const declared = properties.filter(({ kind }) => kind !== THREAD);
  if (declared.length === 0) return null;
  if (depth > MAX_DEPTH) throw new FormatFault('This schema is nested too deeply.', { within });
  const required = declared.filter(({ about }) => about.required === true).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      declared.map((property) => [property.name, schemaOf(property, `${within}.${property.name}`, depth)]),
    ),
    ...(required.length > 0 ? { required } : {}),
  };
}

function schemaOf({ kind, about }: Property, within: string, depth: number): JsonObject {
  const { description, default: byDefault, example, sample, enumValues, items } = about;
  const shape = { ...typeOf(kind, within) };
  const inner =
    kind === 'object' ? schemaOfProperties(readProperties(about.properties, within), within, depth + 1) : {};
  const ofItems = isJsonObject(items) ? schemaOf(propertyOf('', items), `${within}.items`, depth + 1) : undefined;
  const shown = example ?? sample;
  return {
    ...shape,
    ...inner,
    ...(ofItems === undefined ? {} : { items: ofItems }),
    ...(typeof description === 'string' ? { description } : {}),
    ...(Array.isArray(enumValues) ? { enum: enumValues } : {}),
    ...(byDefault === undefined || byDefault === null ? {} : { default: byDefault }),
    ...(shown === undefined || shown === null ? {} : { examples: [shown] }),
  };
}

function typeOf(kind: string, within: string): JsonObject {
  // By its address, or as a `data:` URL.
  if (MEDIA_KINDS.has(kind)) return { type: 'string', format: 'uri' };
  const type = TYPES[kind];
  if (type === undefined && kind !== 'any') {
    throw new FormatFault(`"${kind}" is no kind of a property that is read here.`, { within });
  }
  return type === undefined ? {} : { type };
}

const ABOUT = wordSet('name kind type description required default example sample enumValues items properties');

/** Warns of what properties say besides what a schema is made of; they have been read already. */
export function warnOfProperties(properties: readonly Property[], within: string, warn: Warn): void {
  for (const { name, kind, about } of properties) {
    const at = `${within}.${name}`;
    warnOfOthers(about, ABOUT, warn, `${at}.`);
    if (kind === 'object') warnOfProperties(readProperties(about.properties, at), at, warn);
    if (isJsonObject(about.items)) warnOfProperties([propertyOf('items', about.items)], at, warn);
  }
}
