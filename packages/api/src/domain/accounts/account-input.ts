import { normalizeEmailAddress, preparePassword } from '@promptory/auth';
import { fault } from '@promptory/schemas';
import { AppError, invalidInput } from '../../errors.ts';

/**
 * The address as it is stored and compared.
 * @throws AppError request.invalid
 */
export function requireEmailAddress(text: string, path = 'email'): string {
  const email = normalizeEmailAddress(text);
  if (email === null) throw invalidInput(path, fault('invalid_format', { format: 'email' }));
  return email;
}

const refusals = {
  too_short: fault('too_small', { minimum: 10, unit: 'characters' }),
  too_long: fault('too_big', { maximum: 128, unit: 'characters' }),
  common: fault('common_password'),
} as const;

/**
 * The text that is hashed for a new password.
 * @throws AppError auth.password_too_weak
 */
export function requireNewPassword(text: string, path = 'password'): string {
  const prepared = preparePassword(text);
  if (!prepared.ok) {
    throw new AppError('auth.password_too_weak', { errors: [{ path, ...refusals[prepared.reason] }] });
  }
  return prepared.password;
}

/** A password as it was hashed, however the keyboard composed it. It may be one that is no longer accepted as new. */
export const typedPassword = (text: string): string => text.normalize('NFKC');
