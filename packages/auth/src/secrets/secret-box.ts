import { createHash } from 'node:crypto';
import { deriveKey } from './derived-key.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

const KEY_LABEL = 'promptory.sealed.v1';
const KEY_ID_BYTES = 8;

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
 * A box under keys derived from secrets of which the first seals and all open: put a new one in front to rotate.
 * A seal is the key's id (8 bytes), then what `sealBytes` makes.
 *
 * @throws RangeError when no secret is given
 */
export function createSecretBox(secrets: readonly string[]): SecretBox {
  const [sealing, ...older] = secrets.map(sealingKey);
  if (sealing === undefined) throw new RangeError('at least one secret is needed');
  const keys = [sealing, ...older];

  return {
    keyId: sealing.id,
    seal: (secret, place) => Buffer.concat([sealing.id, sealBytes(sealing.key, secret, place)]),
    open: (sealed, place) => {
      const key = keys.find(({ id }) => id.equals(sealed.subarray(0, KEY_ID_BYTES)))?.key;
      return key === undefined ? null : openBytes(key, sealed.subarray(KEY_ID_BYTES), place);
    },
  };
}

function sealingKey(secret: string): { id: Buffer; key: Buffer } {
  const key = deriveKey(secret, KEY_LABEL);
  return { id: createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES), key };
}
