/**
 * A mark in a credential says, without the database, that a server with our secret made it and for which account: so what
 * strangers make up is never counted for those who hold what we issued. A mark opens nothing: a credential is looked up all
 * the same, and one without a mark, or with one of a secret that is gone, is as good.
 *
 *     owner (5 bytes of HMAC-SHA-256 of the account's id) ‖ proof (8 bytes of HMAC-SHA-256 of owner and secret)
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './derived-key.ts';

const KEY_LABEL = 'promptory.credential-mark.v1';
const OWNER_BYTES = 5;
const PROOF_BYTES = 8;

export const MARK_BYTES = OWNER_BYTES + PROOF_BYTES;

export interface CredentialMarks {
  /** @param secret the random part of a credential, 13 bytes of mark for it */
  make(secret: string | Uint8Array, userId: string): Buffer;
  /** @returns by what limits know the account that it was made for; null where the mark is none of ours */
  ownerOf(secret: string | Uint8Array, mark: Uint8Array): string | null;
}

/** For whom a credential is made, and who marks it. */
export interface MarkedFor {
  readonly marks: CredentialMarks;
  readonly userId: string;
}

/**
 * Marks under keys derived from secrets of which the first marks and all are known again.
 * @throws RangeError when no secret is given
 */
export function createCredentialMarks(secrets: readonly string[]): CredentialMarks {
  const keys = secrets.map((secret) => createSecretKey(deriveKey(secret, KEY_LABEL)));
  const [marking] = keys;
  if (marking === undefined) throw new RangeError('at least one secret is needed');
  return {
    make(secret, userId) {
      const owner = createHmac('sha256', marking).update(`owner|${userId}`).digest().subarray(0, OWNER_BYTES);
      return Buffer.concat([owner, proofOf(marking, owner, secret)]);
    },
    ownerOf(secret, mark) {
      if (mark.length !== MARK_BYTES) return null;
      const owner = mark.subarray(0, OWNER_BYTES);
      const proof = mark.subarray(OWNER_BYTES);
      const isOurs = keys.some((key) => timingSafeEqual(proofOf(key, owner, secret), proof));
      return isOurs ? Buffer.from(owner).toString('base64url') : null;
    },
  };
}

const proofOf = (key: KeyObject, owner: Uint8Array, secret: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update('proof|').update(owner).update(secret).digest().subarray(0, PROOF_BYTES);
