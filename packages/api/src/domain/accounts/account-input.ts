import { normalizeEmailAddress, preparePassword } from '@promptory/auth';
import { AppError, invalidInput } from '../../errors.ts';

/**
 * The address as it is stored and compared.
 * @throws AppError request.invalid
 */
export function requireEmailAddress(text: string, path = 'email'): string {
  const email = normalizeEmailAddress(text);
  if (email === null) throw invalidInput(path, 'Must be an e-mail address');
  return email;
}

const refusals = {
  too_short: 'Must have at least 10 characters',
  too_long: 'Must have at most 128 characters',
  common: 'Is one of the passwords that are tried first',
} as const;

/**
 * The text that is hashed for a new password.
 * @throws AppError auth.password_too_weak
 */
export function requireNewPassword(text: string, path = 'password'): string {
  const prepared = preparePassword(text);
  if (!prepared.ok) {
    throw new AppError('auth.password_too_weak', { errors: [{ path, message: refusals[prepared.reason] }] });
  }
  return prepared.password;
}

/** A password as it was hashed, however the keyboard composed it. It may be one that is no longer accepted as new. */
export const typedPassword = (text: string): string => text.normalize('NFKC');
