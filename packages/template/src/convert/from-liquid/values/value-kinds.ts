import { isJsonObject, type JsonValue } from '../../../json-value.ts';

/**
 * Sets of kinds of values, one bit each: what conditions of template languages tell apart. Two conditions are the same where
 * they are true for the same kinds among those that an input can have.
 */
export type Kinds = number;

export const MISSING: Kinds = 1;
export const NULL: Kinds = 2;
export const FALSE: Kinds = 4;
export const TRUE: Kinds = 8;
export const ZERO: Kinds = 16;
/** Any other number. */
export const NUMBER: Kinds = 32;
export const EMPTY_TEXT: Kinds = 64;
/** White space alone. */
export const BLANK_TEXT: Kinds = 128;
/** Any other text. */
export const TEXT: Kinds = 256;
export const EMPTY_LIST: Kinds = 512;
export const LIST: Kinds = 1024;
export const EMPTY_OBJECT: Kinds = 2048;
export const OBJECT: Kinds = 4096;

export const NIL: Kinds = MISSING | NULL;
export const BOOLEANS: Kinds = FALSE | TRUE;
export const NUMBERS: Kinds = ZERO | NUMBER;
export const TEXTS: Kinds = EMPTY_TEXT | BLANK_TEXT | TEXT;
export const LISTS: Kinds = EMPTY_LIST | LIST;
export const OBJECTS: Kinds = EMPTY_OBJECT | OBJECT;
export const EMPTY: Kinds = EMPTY_TEXT | EMPTY_LIST | EMPTY_OBJECT;
export const ALL: Kinds = NIL | BOOLEANS | NUMBERS | TEXTS | LISTS | OBJECTS;

/** What Liquid takes for true. */
export const TRUE_IN_LIQUID: Kinds = ALL & ~(NIL | FALSE);
/** What `if` of Handlebars and sections of Mustache take for true. */
export const TRUE_IN_HANDLEBARS: Kinds = TRUE_IN_LIQUID & ~(ZERO | EMPTY_TEXT | EMPTY_LIST);
export const TRUE_IN_PYTHON: Kinds = TRUE_IN_HANDLEBARS & ~EMPTY_OBJECT;
export const TRUE_IN_JAVASCRIPT: Kinds = TRUE_IN_HANDLEBARS | EMPTY_LIST;

/** What Liquid's `default` leaves as it is. */
export const NEEDS_NO_DEFAULT: Kinds = TRUE_IN_LIQUID & ~(EMPTY_TEXT | EMPTY_LIST);

/** Whether two sets are the same among the kinds that there can be. */
export const areSame = (one: Kinds, other: Kinds, possible: Kinds): boolean => ((one ^ other) & possible) === 0;

/** Whether all of a set are in another. */
export const isWithin = (one: Kinds, other: Kinds): boolean => (one & ~other) === 0;

export function kindOf(value: JsonValue | undefined): Kinds {
  if (value === undefined) return MISSING;
  if (value === null) return NULL;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'number') return value === 0 ? ZERO : NUMBER;
  if (typeof value === 'string') return value === '' ? EMPTY_TEXT : value.trim() === '' ? BLANK_TEXT : TEXT;
  if (Array.isArray(value)) return value.length === 0 ? EMPTY_LIST : LIST;
  return Object.keys(value).length === 0 ? EMPTY_OBJECT : OBJECT;
}

const OF_TYPES: ReadonlyMap<JsonValue | undefined, Kinds> = new Map([
  ['null', NULL],
  ['boolean', BOOLEANS],
  ['number', NUMBERS],
  ['integer', NUMBERS],
  ['string', TEXTS],
  ['array', LISTS],
  ['object', OBJECTS],
]);

/** The kinds that values of a schema may have; more where it says so in a way that is not looked into. */
export function kindsOf(schema: JsonValue | undefined): Kinds {
  if (!isJsonObject(schema)) return ALL & ~MISSING;
  const { type, enum: listed, const: only, allOf, anyOf } = schema;
  let kinds = type === undefined ? ALL & ~MISSING : unionOf([type].flat().map((name) => OF_TYPES.get(name) ?? ALL));
  if (Array.isArray(listed)) kinds &= unionOf(listed.map(kindOf));
  if (only !== undefined) kinds &= kindOf(only);
  if (Array.isArray(anyOf)) kinds &= unionOf(anyOf.map(kindsOf));
  if (Array.isArray(allOf)) for (const part of allOf) kinds &= kindsOf(part);
  if (isPositive(schema.minLength)) kinds &= ~EMPTY_TEXT;
  if (isPositive(schema.minItems)) kinds &= ~EMPTY_LIST;
  if (isPositive(schema.minimum) || schema.exclusiveMinimum === 0) kinds &= ~ZERO;
  if (isPositive(schema.minProperties) || (Array.isArray(schema.required) && schema.required.length > 0)) {
    kinds &= ~EMPTY_OBJECT;
  }
  return kinds;
}

const unionOf = (all: readonly Kinds[]): Kinds => all.reduce((union, kinds) => union | kinds, 0);
const isPositive = (bound: JsonValue | undefined): boolean => typeof bound === 'number' && bound > 0;
