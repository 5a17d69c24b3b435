import { z } from 'zod';
import { jsonFault } from '../faults/json-fault.ts';
import { refusing, typeOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { jsonBytes } from './text.ts';

const MAX_DEPTH = 32;

/** Bytes of JSON for each character of it: as many as UTF-8 has, where none is a control character. */
const BYTES_A_CHARACTER = 3;

/** Whether a JSON value stays within `maxLength` characters, three times as many bytes, and 32 levels; without recursion. */
export function fitsJson(value: unknown, maxLength: number): boolean {
  const open: Array<{ value: unknown; depth: number }> = [{ value, depth: 1 }];
  let length = 0;
  let bytes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > MAX_DEPTH) return false;
    const inner = next.value;
    if (typeof inner === 'string') {
      if (inner.includes('\0') || !inner.isWellFormed()) return false;
      length += inner.length + 2;
      bytes += jsonBytes(inner) + 2;
    } else if (inner !== null && typeof inner === 'object') {
      length += 2;
      bytes += 2;
      for (const [key, child] of Object.entries(inner)) {
        if (key.includes('\0') || !key.isWellFormed()) return false;
        length += Array.isArray(inner) ? 1 : key.length + 4;
        bytes += Array.isArray(inner) ? 1 : jsonBytes(key) + 4;
        open.push({ value: child, depth: next.depth + 1 });
      }
    } else if (typeof inner === 'number' && !Number.isFinite(inner)) {
      return false;
    } else {
      length += 5;
      bytes += String(inner).length;
    }
    if (length > maxLength || bytes > maxLength * BYTES_A_CHARACTER) return false;
  }
  return true;
}

const MAX_NAME_LENGTH = 200;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON object of at most `maxLength` characters, three times as many bytes, and 32 levels. It is given on as it came, not
 * copied: a copy of an object would not keep the order in which its members were sent.
 */
export const jsonObject = (maxLength: number) =>
  z
    .custom<Record<string, unknown>>(
      isObject,
      typeOptions(fault('invalid_type', { expected: 'object' }, 'Must be a JSON object')),
    )
    .check(
      refusing((value) => {
        if (!isObject(value)) return null;
        if (Object.keys(value).some((name) => name.length > MAX_NAME_LENGTH)) {
          return fault('name_too_long', { maximum: MAX_NAME_LENGTH });
        }
        if (fitsJson(value, maxLength)) return null;
        return jsonFault(value, { maxDepth: MAX_DEPTH, maxLength, maxBytes: maxLength * BYTES_A_CHARACTER });
      }),
    )
    .meta({
      type: 'object',
      propertyNames: { type: 'string', maxLength: MAX_NAME_LENGTH },
      additionalProperties: {},
    });

/** A JSON object as it is answered: it was checked when it was taken, so that its thousands of names are not once more. */
export const storedJsonObject = z
  .custom<Record<string, unknown>>(isObject)
  .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} });

/**
 * The schema itself, which from now on gives what it was given and not a copy: members stay in the order in which they were
 * sent. For schemas that only check.
 */
export function asSent<T extends z.ZodType<unknown, unknown>>(schema: T): T {
  const { _zod } = schema;
  const { run } = _zod;
  _zod.run = (payload, context) => {
    const { value } = payload;
    const kept = (result: typeof payload) => Object.assign(result, { value });
    const result = run(payload, context);
    return result instanceof Promise ? result.then(kept) : kept(result);
  };
  return schema;
}
