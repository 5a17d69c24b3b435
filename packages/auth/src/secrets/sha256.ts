import { hash, timingSafeEqual } from 'node:crypto';

/** What is stored of a secret that is itself random: SHA-256 of its text, 32 bytes. */
export function sha256(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
