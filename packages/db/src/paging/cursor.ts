import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a cursor carries: the order values of the last row of a page. */
export type KeysetValue = string | number | boolean | null;

/** A cursor that we did not make, or made for another caller, filter or sort. Says nothing of which. */
export class InvalidCursorError extends Error {
  override name = 'InvalidCursorError';
  constructor() {
    super('The cursor is not valid for this list.');
  }
}

export const MAX_CURSOR_LENGTH = 2_048;
const VERSION = 1;
const MAC_BYTES = 32;

/**
 * Makes an opaque cursor: version, HMAC-SHA256, values as JSON, in base64url. `binding` says what the cursor must
 * not be moved between (caller, filter, sort, direction), in one text for one meaning: it is signed, not carried. Throws
 * RangeError beyond 2,048 characters.
 */
export function encodeCursor(key: Buffer | string, binding: string, values: readonly KeysetValue[]): string {
  const payload = Buffer.from(JSON.stringify(values), 'utf8');
  const cursor = Buffer.concat([Buffer.of(VERSION), sign(key, binding, payload), payload]).toString('base64url');
  if (cursor.length > MAX_CURSOR_LENGTH)
    throw new RangeError('The order values of this row are too long for a cursor.');
  return cursor;
}

/** The values of a cursor that was made with the same key and binding. Throws InvalidCursorError for any other. */
export function decodeCursor(key: Buffer | string, binding: string, cursor: string): KeysetValue[] {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor)) throw new InvalidCursorError();
  const bytes = Buffer.from(cursor, 'base64url');
  // One text for one cursor: what decodes to the same bytes but is written otherwise was not made here.
  if (bytes.length <= 1 + MAC_BYTES || bytes[0] !== VERSION || bytes.toString('base64url') !== cursor) {
    throw new InvalidCursorError();
  }
  const mac = bytes.subarray(1, 1 + MAC_BYTES);
  const payload = bytes.subarray(1 + MAC_BYTES);
  if (!timingSafeEqual(mac, sign(key, binding, payload))) throw new InvalidCursorError();
  const values: unknown = JSON.parse(payload.toString('utf8'));
  if (!Array.isArray(values) || !values.every(isKeysetValue)) throw new InvalidCursorError();
  return values;
}

function sign(key: Buffer | string, binding: string, payload: Buffer): Buffer {
  const bound = Buffer.from(binding, 'utf8');
  // The length keeps binding and payload apart: no byte can move from one to the other.
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bound.length);
  return createHmac('sha256', key)
    .update('promptory-cursor')
    .update(Buffer.of(VERSION))
    .update(length)
    .update(bound)
    .update(payload)
    .digest();
}

function isKeysetValue(value: unknown): value is KeysetValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
