import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { deriveKey } from './derived-key.ts';

const CIPHER = 'aes-256-gcm';
const KEY_LABEL = 'promptory.sealed.v1';
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = KEY_ID_BYTES + NONCE_BYTES;

/** Encrypts what has to be read again, so that a copy of the database alone reveals nothing. */
export interface SecretBox {
  /** @param place where the secret belongs, such as `totp|<user id>`: put elsewhere it does not open */
  seal(secret: Uint8Array, place: string): Buffer;
  /** @returns null for what was sealed for another place, under a key that is not here, or changed since */
  open(sealed: Buffer, place: string): Buffer | null;
  /** What a seal made now begins with. */
  readonly keyId: Buffer;
}

/**
 * AES-256-GCM under keys derived from secrets of which the first seals and all open: put a new one in front to rotate.
 * A seal is `key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`.
 *
 * @throws RangeError when no secret is given
 */
export function createSecretBox(secrets: readonly string[]): SecretBox {
  const [sealing, ...older] = secrets.map(sealingKey);
  if (sealing === undefined) throw new RangeError('at least one secret is needed');
  const keys = [sealing, ...older];

  return {
    keyId: sealing.id,

    seal(secret, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealing.key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      return Buffer.concat([sealing.id, nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },

    open(sealed, place) {
      const key = keys.find(({ id }) => id.equals(sealed.subarray(0, KEY_ID_BYTES)))?.key;
      if (key === undefined || sealed.length < HEAD_BYTES + TAG_BYTES) return null;
      const nonce = sealed.subarray(KEY_ID_BYTES, HEAD_BYTES);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        return null;
      }
    },
  };
}

function sealingKey(secret: string): { id: Buffer; key: Buffer } {
  const key = deriveKey(secret, KEY_LABEL);
  return { id: createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES), key };
}
