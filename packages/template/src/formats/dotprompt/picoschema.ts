import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { FormatFault } from '../document/prompt-document.ts';

type Schema = { [key: string]: JsonValue };

export const SCALARS: ReadonlySet<string> = new Set(['any', 'boolean', 'integer', 'null', 'number', 'string']);
const MAX_DEPTH = 30;

/**
 * dotprompt's Picoschema as JSON Schema. What has a `type` of JSON Schema, or `properties`, is JSON Schema already.
 *
 * @param within the schema's place in the file, for faults
 * @throws FormatFault for a type that Picoschema has not: a name that a program would register
 */
export function schemaOfPico(value: JsonValue, within: string): JsonValue {
  if (value === null) return null;
  if (isJsonObject(value)) {
    if (
      typeof value.type === 'string' &&
      (SCALARS.has(value.type) || value.type === 'object' || value.type === 'array')
    )
      return value;
    if (isJsonObject(value.properties)) return { ...value, type: 'object' };
  }
  return schemaOf(value, within, 0);
}

function schemaOf(value: JsonValue, within: string, depth: number): Schema {
  if (depth > MAX_DEPTH) throw new FormatFault('This schema is nested too deeply.', { within });
  if (typeof value === 'string') return scalarOf(value, within);
  if (!isJsonObject(value)) throw new FormatFault('Picoschema has only texts and objects.', { within });
  const properties: [string, JsonValue][] = [];
  const required: string[] = [];
  let additionalProperties: JsonValue = false;
  for (const [key, of] of Object.entries(value)) {
    const place = `${within}.${key}`;
    if (key === '(*)') {
      additionalProperties = schemaOf(of, place, depth + 1);
      continue;
    }
    const [field = '', info] = key.split('(', 2);
    const isOptional = field.endsWith('?');
    const name = isOptional ? field.slice(0, -1) : field;
    if (!isOptional) required.push(name);
    properties.push([name, propertyOf(of, info, { isOptional, within: place, depth: depth + 1 })]);
  }
  const schema: Schema = { type: 'object', properties: Object.fromEntries(properties), additionalProperties };
  return required.length > 0 ? { ...schema, required } : schema;
}

function scalarOf(text: string, within: string): Schema {
  const [type, description] = splitDescription(text);
  if (!SCALARS.has(type)) throw new FormatFault(`"${type}" is no type of Picoschema.`, { within });
  return { ...(type === 'any' ? {} : { type }), ...(description === null ? {} : { description }) };
}

interface Place {
  readonly isOptional: boolean;
  readonly within: string;
  readonly depth: number;
}

/** What is optional may be null as well. */
function propertyOf(of: JsonValue, info: string | undefined, { isOptional, within, depth }: Place): Schema {
  const [kind, description] = info === undefined ? ['', null] : splitDescription(info.slice(0, -1));
  const schema = kind === 'enum' ? enumOf(of, isOptional, within) : kindOf(of, kind, within, depth);
  if (isOptional && typeof schema.type === 'string') schema.type = [schema.type, 'null'];
  return description === null ? schema : { ...schema, description };
}

function kindOf(of: JsonValue, kind: string, within: string, depth: number): Schema {
  if (kind === 'array') return { type: 'array', items: schemaOf(of, within, depth) };
  if (kind === '' || kind === 'object') return { ...schemaOf(of, within, depth) };
  throw new FormatFault(`"(${kind})" is neither array, object nor enum.`, { within });
}

function enumOf(of: JsonValue, isOptional: boolean, within: string): Schema {
  if (!Array.isArray(of)) throw new FormatFault('An enum is a list of values.', { within });
  return { enum: isOptional && !of.includes(null) ? [...of, null] : of };
}

function splitDescription(text: string): [type: string, description: string | null] {
  const comma = text.indexOf(',');
  return comma < 0 ? [text, null] : [text.slice(0, comma), text.slice(comma + 1).trimStart()];
}
