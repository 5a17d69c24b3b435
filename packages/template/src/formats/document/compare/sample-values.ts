import {
  ALL,
  BLANK_TEXT,
  EMPTY_LIST,
  EMPTY_OBJECT,
  EMPTY_TEXT,
  FALSE,
  kindsOf,
  LIST,
  MISSING,
  NULL,
  NUMBER,
  OBJECT,
  TEXT,
  TRUE,
  ZERO,
} from '../../../convert/from-liquid/values/value-kinds.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../json-value.ts';

/** How many samples of inputs are tried: more than there are kinds of values. */
export const SAMPLES = 16;

const PLAIN: readonly (readonly [kind: number, value: JsonValue | undefined])[] = [
  [TEXT, 'a'],
  [EMPTY_TEXT, ''],
  [TRUE, true],
  [FALSE, false],
  [MISSING, undefined],
  [NUMBER, 2],
  [ZERO, 0],
  [BLANK_TEXT, ' '],
  [EMPTY_LIST, []],
  [NULL, null],
  [EMPTY_OBJECT, {}],
  [LIST, undefined],
  [OBJECT, undefined],
];

/** Lists and objects stand at most this deep in each other: what a list holds may be anything, another list too. */
const MAX_DEPTH = 5;

/** Inputs that a schema allows, others by each index: so that all kinds of values come up. */
export function sampleOf(inputs: JsonValue, index: number, depth = 0): JsonObject {
  const { properties, required } = isJsonObject(inputs) ? inputs : {};
  const entries = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, schema], at) => {
    const isRequired = Array.isArray(required) && required.includes(name);
    // Steps of several lengths, so that no two inputs always go together.
    return [name, valueOfKind(schema, isRequired, index * (1 + (at % 5)) + at, depth + 1)] as const;
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

function valueOfKind(schema: JsonValue, isRequired: boolean, index: number, depth: number): JsonValue | undefined {
  const listed = isJsonObject(schema) && Array.isArray(schema.enum) ? schema.enum : null;
  if (listed !== null && listed.length > 0) return listed[index % listed.length];
  const kinds = kindsOf(schema) | (isRequired ? 0 : MISSING);
  const possible = PLAIN.filter(([kind]) => (kind & kinds & (depth < MAX_DEPTH ? ALL : ALL & ~(LIST | OBJECT))) !== 0);
  const [kind, value] = possible[index % Math.max(possible.length, 1)] ?? [MISSING, undefined];
  if (kind === OBJECT) return sampleOf(schema, index, depth);
  if (kind !== LIST) return value;
  const items = isJsonObject(schema) ? (schema.items ?? true) : true;
  return [0, 1].flatMap((step) => valueOfKind(items, true, index + step, depth + 1) ?? []);
}
