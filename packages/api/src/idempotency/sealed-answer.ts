import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'promptory.idempotency.v1';

/** What seals one answer. Only who has both the caller's key and the server's secret opens it again. */
export interface Seal {
  /** The Idempotency-Key as it was sent: the table has only its hash. */
  readonly key: string;
  /** The server's: a key that can be guessed, such as a counter, does not open what a dump holds. */
  readonly secret: Buffer;
  /** The row that the answer belongs to; it opens in no other. */
  readonly keyHash: Buffer;
}

// HKDF-SHA-256 (RFC 5869), a key for each row.
const cipherKey = ({ key, secret, keyHash }: Seal): Buffer =>
  Buffer.from(hkdfSync('sha256', key, secret, Buffer.concat([Buffer.from(PURPOSE), keyHash]), 32));

/** Encrypts a text: 12 bytes of nonce, 16 of tag, and the ciphertext. */
export function sealText(seal: Seal, text: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, cipherKey(seal), iv, { authTagLength: TAG_BYTES });
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** The text again, or null where the seal is another one or the bytes were changed. */
export function openText(seal: Seal, sealed: Buffer): string | null {
  const iv = sealed.subarray(0, IV_BYTES);
  const decipher = createDecipheriv(CIPHER, cipherKey(seal), iv, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const opened = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
