import { normalizeEmailAddress } from '../identity/email-address.ts';
import { isCommonPassword } from './common-passwords.ts';

const MIN_CODE_POINTS = 10;
const MAX_CODE_POINTS = 128;
/** Composing makes at most four code points one, each of at most two units: what is longer stays too long. */
export const MAX_PASSWORD_UNITS = MAX_CODE_POINTS * 8;

export type PreparedPassword =
  | { ok: true; password: string }
  | { ok: false; reason: 'too_short' | 'too_long' | 'common' | 'own_address' };

/**
 * Decides whether a text may become a password: NFKC, 10 to 128 code points, neither a common one nor the address of the
 * account; nothing is cut off and no kinds of characters are demanded (NIST SP 800-63B, 5.1.1.2).
 *
 * @param email of the account, as it was typed or as it is stored
 * @returns the normalised password, which is what is hashed, or why it is refused
 */
export function preparePassword(text: string, email?: string): PreparedPassword {
  if (text.length > MAX_PASSWORD_UNITS) return { ok: false, reason: 'too_long' };
  const password = text.normalize('NFKC');
  const length = [...password].length;
  if (length < MIN_CODE_POINTS) return { ok: false, reason: 'too_short' };
  if (length > MAX_CODE_POINTS) return { ok: false, reason: 'too_long' };
  if (email !== undefined && isOwnAddress(password, email)) return { ok: false, reason: 'own_address' };
  return isCommonPassword(password) ? { ok: false, reason: 'common' } : { ok: true, password };
}

/** Whether a password is an e-mail address or what stands before its `@`, however either is written. */
export function isOwnAddress(password: string, email: string): boolean {
  const address = normalizeEmailAddress(email);
  if (address === null) return false;
  const typed = password.trim().normalize('NFKC').toLowerCase();
  return typed === address.slice(0, address.lastIndexOf('@')) || normalizeEmailAddress(password) === address;
}
