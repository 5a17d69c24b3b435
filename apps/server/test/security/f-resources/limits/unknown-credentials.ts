import { randomBytes, randomInt } from 'node:crypto';
import { type CredentialMarks, createCredentialMarks, generateApiKey } from '@promptory/auth';
import { ORIGIN } from '../../../harness/boot.ts';
import type { Headers } from '../../../harness/transports.ts';

const foreign: CredentialMarks = createCredentialMarks(['a secret of some other server, which marks too']);
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const randomText = (length: number): string =>
  Array.from({ length }, () => BASE32.charAt(randomInt(BASE32.length))).join('');

/** A refresh token that is well formed and nobody's. */
export const unknownToken = (): string => `ptr_${randomText(51)}a.${randomBytes(32).toString('base64url')}`;

/** Credentials that are well formed and nobody's: of the older form, and with a mark that is not ours. */
export const unknown: readonly (() => Headers)[] = [
  () => ({ 'x-api-key': generateApiKey().key }),
  () => ({ authorization: `Bearer ${generateApiKey().key}` }),
  () => ({ cookie: `__Host-promptory=${unknownToken()}`, origin: ORIGIN }),
  () => ({ 'x-api-key': generateApiKey({ marks: foreign, userId: randomBytes(8).toString('hex') }).key }),
];
