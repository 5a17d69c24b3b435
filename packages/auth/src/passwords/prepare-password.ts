import { isCommonPassword } from './common-passwords.ts';

const MIN_CODE_POINTS = 10;
const MAX_CODE_POINTS = 128;
/** Composing makes at most four code points one, each of at most two units: what is longer stays too long. */
export const MAX_PASSWORD_UNITS = MAX_CODE_POINTS * 8;

export type PreparedPassword =
  | { ok: true; password: string }
  | { ok: false; reason: 'too_short' | 'too_long' | 'common' };

/**
 * Decides whether a text may become a password: NFKC, 10 to 128 code points, not a common one; nothing is cut off and
 * no kinds of characters are demanded (NIST SP 800-63B, 5.1.1.2).
 *
 * @returns the normalised password, which is what is hashed, or why it is refused
 */
export function preparePassword(text: string): PreparedPassword {
  if (text.length > MAX_PASSWORD_UNITS) return { ok: false, reason: 'too_long' };
  const password = text.normalize('NFKC');
  const length = [...password].length;
  if (length < MIN_CODE_POINTS) return { ok: false, reason: 'too_short' };
  if (length > MAX_CODE_POINTS) return { ok: false, reason: 'too_long' };
  return isCommonPassword(password) ? { ok: false, reason: 'common' } : { ok: true, password };
}
