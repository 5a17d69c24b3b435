import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

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
const VERSION = Buffer.of(2);
const KEY_LABEL = 'promptory.cursor.v2';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PADDED_TO = 32;

/**
 * Makes an opaque cursor: version ‖ nonce (12) ‖ ciphertext ‖ tag (16), in base64url (AES-256-GCM, NIST SP 800-38D). Neither
 * the values nor their length can be read from it, nor whether two cursors hold the same.
 *
 * @param binding what the cursor must not be moved between (caller, filter, sort, direction), in one text for one meaning:
 *   the key is made from it, it is not carried
 * @throws RangeError beyond 2,048 characters
 */
export function encodeCursor(key: Buffer | string, binding: string, values: readonly KeysetValue[]): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, cipherKey(key, binding), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(VERSION);
  const sealed = [cipher.update(padded(JSON.stringify(values))), cipher.final(), cipher.getAuthTag()];
  const cursor = Buffer.concat([VERSION, nonce, ...sealed]).toString('base64url');
  if (cursor.length > MAX_CURSOR_LENGTH)
    throw new RangeError('The order values of this row are too long for a cursor.');
  return cursor;
}

/** The values of a cursor that was made with the same key and binding. @throws InvalidCursorError for any other */
export function decodeCursor(key: Buffer | string, binding: string, cursor: string): KeysetValue[] {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor)) throw new InvalidCursorError();
  const bytes = Buffer.from(cursor, 'base64url');
  // One text for one cursor: what decodes to the same bytes but is written otherwise was not made here.
  const isWhole = bytes.length > VERSION.length + NONCE_BYTES + TAG_BYTES && bytes.toString('base64url') === cursor;
  if (!isWhole || bytes[0] !== VERSION[0]) throw new InvalidCursorError();
  const values: unknown = JSON.parse(openSealed(cipherKey(key, binding), bytes.subarray(VERSION.length)));
  if (!Array.isArray(values) || !values.every(isKeysetValue)) throw new InvalidCursorError();
  return values;
}

/** A key of its own for each caller and list, so that random nonces never come near their bound however many are drawn. */
const cipherKey = (key: Buffer | string, binding: string): Buffer =>
  createHmac('sha256', key).update(KEY_LABEL).update(Buffer.of(0)).update(binding, 'utf8').digest();

/** JSON may end in spaces: so its length does not show how many digits a count has. */
function padded(json: string): Buffer {
  const bytes = Buffer.from(json, 'utf8');
  const padding = Buffer.alloc(PADDED_TO - (bytes.length % PADDED_TO), ' ');
  return Buffer.concat([bytes, padding]);
}

function openSealed(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(VERSION);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    throw new InvalidCursorError();
  }
}

function isKeysetValue(value: unknown): value is KeysetValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
