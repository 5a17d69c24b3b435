import { generateRandomString } from 'oslo/crypto';
import { sha256 } from '../secrets/sha256.ts';

export const RECOVERY_CODES = 10;
const LENGTH = 12;
const GROUP = 4;
// Without i, l, o and u, which are read as something else or make words (Crockford's base32): 60 bits in 12 characters.
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const CODE = /^[0-9a-hjkmnp-tv-z]{12}$/;

/** A set of codes, each `xxxx-xxxx-xxxx`: 60 random bits. */
export const newRecoveryCodes = (): string[] => {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) {
    const text = generateRandomString(LENGTH, LETTERS);
    codes.add(text.replace(new RegExp(`.{${GROUP}}(?=.)`, 'g'), '$&-'));
  }
  return [...codes];
};

/**
 * What is stored of a code, and what a typed one is compared by; capitals, blanks and hyphens do not matter, and letters
 * that look like a digit are taken for it. SHA-256 suffices: nobody chose these 60 bits, and they rest encrypted.
 *
 * @returns null for what cannot be a code
 */
export function hashRecoveryCode(typed: string): Buffer | null {
  const plain = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return CODE.test(plain) ? sha256(plain) : null;
}
