import { createHash } from 'node:crypto';
import { canonicalJson } from '@promptory/template';

/** SHA-256 of an input as JSON has it: the order of keys makes no difference, nor does a key that is undefined. */
export const inputHash = (input: object): string =>
  createHash('sha256')
    .update(canonicalJson(input, { omitUndefined: true }))
    .digest('base64url');
