import { createHash } from 'node:crypto';

/**
 * SHA-256 of an input as JSON has it. The order of its fields makes no difference, nor does one that is undefined; that of
 * members within them does, since a document is kept as it was sent.
 */
export function inputHash(input: object): string {
  const fields = Object.entries(input).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(fields)))
    .digest('base64url');
}
