import { deriveKey, openBytes, sealBytes } from '@promptory/auth';

const PURPOSE = 'promptory.idempotency.v2';

/** What seals one answer. Only who has both the caller's key and the server's secret opens it again. */
export interface Seal {
  /** The Idempotency-Key as it was sent: the table has only its hash. */
  readonly key: string;
  /** The server's: a key that can be guessed, such as a counter, does not open what a dump holds. */
  readonly secret: Buffer;
  /** The row that the answer belongs to; it opens in no other. */
  readonly keyHash: Buffer;
}

const cipherKey = ({ key, secret }: Seal): Buffer => deriveKey(key, PURPOSE, secret);

export const sealText = (seal: Seal, text: string): Buffer =>
  sealBytes(cipherKey(seal), Buffer.from(text), seal.keyHash);

/** The text again, or null where the seal is another one or the bytes were changed. */
export const openText = (seal: Seal, sealed: Buffer): string | null =>
  openBytes(cipherKey(seal), sealed, seal.keyHash)?.toString('utf8') ?? null;
