import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts bytes so that a change is noticed (AES-256-GCM, NIST SP 800-38D): `nonce (12) ‖ ciphertext ‖ tag (16)`. The
 * nonce is random, so one key is good for some four thousand million seals.
 *
 * @param key 32 bytes, for this purpose only: see `deriveKey`
 * @param place where the bytes belong, such as a row's id (GCM's associated data): put elsewhere they do not open
 */
export function sealBytes(key: Uint8Array, bytes: Uint8Array, place: string | Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @returns null for what was sealed for another place, under another key, or changed since */
export function openBytes(key: Uint8Array, sealed: Uint8Array, place: string | Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
