import { createHmac, randomBytes } from 'node:crypto';
import { generateIdFromEntropySize } from 'lucia';

/** `ptr_<lucia id>.<rotation secret>`: 32 random bytes each, in base32 and base64url. */
const TOKEN = /^ptr_([a-z2-7]{52})\.([\w-]{43})$/;
const RANDOM_BYTES = 32;

export interface RefreshToken {
  /** lucia's session id: a secret that stays for the session's life. */
  luciaId: string;
  /** The part that changes at each refresh. */
  rotation: string;
}

export function newRefreshToken(): RefreshToken {
  return {
    luciaId: generateIdFromEntropySize(RANDOM_BYTES),
    rotation: randomBytes(RANDOM_BYTES).toString('base64url'),
  };
}

export function formatRefreshToken({ luciaId, rotation }: RefreshToken): string {
  return `ptr_${luciaId}.${rotation}`;
}

/** @returns null for a text that cannot be a refresh token */
export function parseRefreshToken(text: string): RefreshToken | null {
  const [, luciaId, rotation] = TOKEN.exec(text) ?? [];
  return luciaId === undefined || rotation === undefined ? null : { luciaId, rotation };
}

export function newRotationSalt(): Buffer {
  return randomBytes(RANDOM_BYTES);
}

/** The secret after this one: only who holds this one, and the stored salt, can make it, and makes the same each time. */
export function nextRotation(rotation: string, salt: Buffer): string {
  return createHmac('sha256', rotation).update(salt).digest('base64url');
}
