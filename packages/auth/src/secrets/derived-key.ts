import { hkdfSync } from 'node:crypto';

/**
 * One key of 32 bytes for one purpose, so that one secret serves several without any of them revealing another
 * (HKDF-SHA-256, RFC 5869).
 *
 * @param label names the purpose, for instance `promptory.cursor.v1`
 * @param salt a second secret that the key needs as well; none unless given
 */
export function deriveKey(secret: string, label: string, salt: string | Uint8Array = ''): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, label, 32));
}
