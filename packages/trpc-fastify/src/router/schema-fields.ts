import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** One field of an input: the schemas it has in the branches of a union or intersection. */
export interface InputField {
  schemas: Schema[];
}

function defOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema below optional, default, nullable, readonly and the like, on the input side; undefined for a leaf. */
function inner(schema: Schema): Schema | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
      return def.innerType;
    case 'pipe':
      // z.preprocess puts a bare transform first: what it feeds says more.
      return defOf(def.in).type === 'transform' ? def.out : def.in;
    case 'lazy':
      return def.getter();
    default:
      return undefined;
  }
}

/** The fields of an object schema, of all branches of a union or intersection of them; empty where it is no object. */
export function fieldsOf(schema: Schema, seen = new Set<Schema>()): Map<string, InputField> {
  const fields = new Map<string, InputField>();
  if (seen.has(schema)) return fields;
  seen.add(schema);
  const below = inner(schema);
  if (below !== undefined) return fieldsOf(below, seen);
  const def = defOf(schema);
  if (def.type === 'object') {
    for (const [name, field] of Object.entries(def.shape)) fields.set(name, { schemas: [field] });
    return fields;
  }
  const branches = def.type === 'union' ? def.options : def.type === 'intersection' ? [def.left, def.right] : [];
  for (const branch of branches) {
    for (const [name, field] of fieldsOf(branch, seen)) {
      const known = fields.get(name);
      if (known === undefined) fields.set(name, field);
      else known.schemas.push(...field.schemas);
    }
  }
  return fields;
}

/** Which JSON types a text may stand for; `list` describes the elements of an array. */
export interface TextReading {
  text: boolean;
  /** Any number, beside whole ones. */
  number: boolean;
  integer: boolean;
  boolean: boolean;
  list: TextReading | undefined;
}

function nothing(): TextReading {
  return { text: false, number: false, integer: false, boolean: false, list: undefined };
}

/** What a path or query text may mean to these schemas, on their input side. */
export function readingOf(schemas: readonly Schema[]): TextReading {
  const reading = nothing();
  const seen = new Set<Schema>();
  for (const schema of schemas) read(schema, reading, seen);
  return reading;
}

function readLiterals(values: Iterable<unknown>, reading: TextReading): void {
  for (const value of values) {
    if (typeof value === 'string') reading.text = true;
    else if (typeof value === 'number') readNumber(Number.isInteger(value), reading);
    else if (typeof value === 'boolean') reading.boolean = true;
  }
}

function readNumber(isInteger: boolean, reading: TextReading): void {
  if (isInteger) reading.integer = true;
  else reading.number = true;
}

/** Of `z.int()`, which has the format itself, and `z.number().int()`, where it is a check. */
const isInteger = (def: z.core.$ZodNumberDef): boolean =>
  [def, ...(def.checks ?? []).map((check) => check._zod.def)].some((one) =>
    /^u?(?:safe)?int/.test(String(Reflect.get(one, 'format'))),
  );

function read(schema: Schema, reading: TextReading, seen: Set<Schema>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const below = inner(schema);
  const def = defOf(schema);
  if (below !== undefined) read(below, reading, seen);
  else if (def.type === 'number') readNumber(isInteger(def), reading);
  else if (def.type === 'boolean') reading.boolean = true;
  else if (def.type === 'literal') readLiterals(def.values, reading);
  else if (def.type === 'enum') readLiterals(Object.values(def.entries), reading);
  else if (def.type === 'array') readAll([def.element], listIn(reading), seen);
  else if (def.type === 'tuple') readAll(def.items, listIn(reading), seen);
  else if (def.type === 'union') readAll(def.options, reading, seen);
  else if (def.type === 'intersection') readAll([def.left, def.right], reading, seen);
  else if (!WITHOUT_TEXT.has(def.type)) reading.text = true;
}

function readAll(schemas: readonly Schema[], reading: TextReading, seen: Set<Schema>): void {
  for (const schema of schemas) read(schema, reading, seen);
}

function listIn(reading: TextReading): TextReading {
  reading.list ??= nothing();
  return reading.list;
}

/** Types no text stands for; what is not here (string, date, bigint, custom, any …) reads the text itself. */
const WITHOUT_TEXT = new Set(['object', 'record', 'map', 'set', 'null', 'undefined', 'void', 'never']);
