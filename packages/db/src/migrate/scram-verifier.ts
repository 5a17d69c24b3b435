import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4_096;
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

/**
 * What PostgreSQL stores of a password (`SCRAM-SHA-256$…`, RFC 5802 and 7677), so that no statement, and so no log of
 * statements, holds the password. @throws RangeError for a password that is not of printable ASCII: others would need
 * SASLprep, and a generated one is never such.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError('The password must be of printable ASCII characters.');
  const salted = pbkdf2Sync(password, salt, ITERATIONS, DIGEST_BYTES, 'sha256');
  const keyOf = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${keyOf('Server Key').toString('base64')}`;
}
