import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { linearPattern } from '../pattern/linear-pattern.ts';
import { PatternError } from '../pattern/re2-pattern.ts';
import { isSchemaNode, pointerNames } from './schema-document.ts';

/** What a keyword must hold, and what schemas are in it. */
export interface Keyword {
  /** Why its value is refused; undefined where it is right. */
  refuse(value: JsonValue): string | undefined;
  /** `one`, a list (`many`) or an object (`named`) of schemas. */
  readonly schemas?: 'one' | 'many' | 'named';
}

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];
const MAX_LISTED = 1000;
const MAX_NAMES = 1000;
const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

const isText = (value: JsonValue) => typeof value === 'string';
const isCount = (value: JsonValue) => typeof value === 'number' && Number.isInteger(value) && value >= 0;

const when = (right: (value: JsonValue) => boolean, expected: string): Keyword => ({
  refuse: (value) => (right(value) ? undefined : `must be ${expected}`),
});
const count = when(isCount, 'a whole number from 0');
const number = when((value) => typeof value === 'number', 'a number');
const text = when(isText, 'a string');
const flag = when((value) => typeof value === 'boolean', 'true or false');
const note: Keyword = { refuse: () => undefined };

const one: Keyword = { ...when(isSchemaNode, 'a schema'), schemas: 'one' };
const many: Keyword = {
  ...when(
    (value) => Array.isArray(value) && value.length > 0 && value.every(isSchemaNode),
    'a list of schemas, not empty',
  ),
  schemas: 'many',
};
const named: Keyword = {
  ...when((value) => isJsonObject(value) && Object.values(value).every(isSchemaNode), 'an object of schemas'),
  schemas: 'named',
};
const names = when(isNames, 'a list of different names');

const keywords = new Map<string, Keyword>([
  [
    '$schema',
    when((value) => isText(value) && DIALECT.test(String(value)), 'https://json-schema.org/draft/2020-12/schema'),
  ],
  ['$ref', when((value) => isText(value) && pointerNames(String(value)) !== undefined, 'local: # and a JSON Pointer')],
  ['$defs', named],
  ['definitions', named],
  ['type', when(isType, `one or more of ${TYPES.join(', ')}`)],
  [
    'enum',
    when(
      (value) => Array.isArray(value) && value.length > 0 && value.length <= MAX_LISTED,
      'a list of 1 to 1,000 values',
    ),
  ],
  ['const', note],
  ['properties', named],
  ['patternProperties', { ...named, refuse: (value) => named.refuse(value) ?? refusePatterns(value) }],
  ['additionalProperties', one],
  ['propertyNames', one],
  ['required', names],
  [
    'dependentRequired',
    when((value) => isJsonObject(value) && Object.values(value).every(isNames), 'an object of lists of names'),
  ],
  ['minProperties', count],
  ['maxProperties', count],
  ['prefixItems', many],
  [
    'items',
    {
      ...one,
      refuse: (value) =>
        Array.isArray(value) ? 'must be one schema: a list of them is prefixItems' : one.refuse(value),
    },
  ],
  ['contains', one],
  ['minContains', count],
  ['maxContains', count],
  ['minItems', count],
  ['maxItems', count],
  ['uniqueItems', flag],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', number],
  ['exclusiveMaximum', number],
  ['multipleOf', when((value) => typeof value === 'number' && value > 0, 'a number above 0')],
  ['minLength', count],
  ['maxLength', count],
  ['pattern', { refuse: (value) => (typeof value === 'string' ? refusePattern(value) : 'must be a string') }],
  ['format', text],
  ['allOf', many],
  ['anyOf', many],
  ['oneOf', many],
  ['not', one],
  ['if', one],
  ['then', one],
  ['else', one],
  ['title', text],
  ['description', text],
  ['$comment', text],
  ['default', note],
  ['examples', when(Array.isArray, 'a list')],
  ['example', note],
  ['discriminator', note],
  ['deprecated', flag],
  ['readOnly', flag],
  ['writeOnly', flag],
  ['contentEncoding', text],
  ['contentMediaType', text],
]);

/** Keywords that people write and that are not taken, with what to write instead. */
const refused = new Map<string, string>([
  ['$anchor', 'refer by a JSON Pointer, such as #/$defs/name'],
  ['$dynamicRef', 'write $ref'],
  ['$dynamicAnchor', 'put the schema under $defs'],
  ['$recursiveRef', 'write $ref'],
  ['$vocabulary', 'leave it out: the vocabularies of 2020-12 are meant'],
  ['unevaluatedProperties', 'write additionalProperties beside all properties'],
  ['unevaluatedItems', 'write items beside prefixItems'],
  ['dependentSchemas', 'write if, then and else'],
  ['dependencies', 'write dependentRequired, or if, then and else'],
  ['additionalItems', 'write items beside prefixItems'],
  ['contentSchema', 'leave it out: what a string contains is not checked'],
  ['nullable', "write null among the types: type: ['string', 'null']"],
  ['optional', 'leave the name out of required'],
]);

/** A keyword that is taken. */
export function keyword(name: string): Keyword | undefined {
  return keywords.get(name);
}

/** Why a keyword is not taken. */
export function whyRefused(name: string): string {
  const instead = refused.get(name);
  if (instead !== undefined) return `is not supported: ${instead}`;
  if (name === '$id') return 'is taken at the root only: references stay within one schema';
  return 'is no keyword of JSON Schema 2020-12; what is only a note begins with x-';
}

function isType(value: JsonValue): boolean {
  const types = Array.isArray(value) ? value : [value];
  const known = types.every((type) => typeof type === 'string' && TYPES.includes(type));
  return types.length > 0 && known && new Set(types).size === types.length;
}

function isNames(value: JsonValue): boolean {
  return (
    Array.isArray(value) && value.length <= MAX_NAMES && value.every(isText) && new Set(value).size === value.length
  );
}

function refusePatterns(value: JsonValue): string | undefined {
  for (const pattern of Object.keys(value as object)) {
    const why = refusePattern(pattern);
    if (why !== undefined) return `has ${JSON.stringify(pattern)}, which ${why}`;
  }
  return undefined;
}

function refusePattern(pattern: string): string | undefined {
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return `is refused as a pattern: ${error.message}`;
    throw error;
  }
}
