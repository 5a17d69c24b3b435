import { normalizeEmailAddress, preparePassword } from '@promptory/auth';
import { type Diagnosis, fault } from '@promptory/schemas';
import { AppError, invalidInput } from '../../errors.ts';
import { isReservedHandle } from './handles.ts';

/**
 * The address as it is stored and compared.
 * @throws AppError request.invalid
 */
export function requireEmailAddress(text: string, path = 'email'): string {
  const email = normalizeEmailAddress(text);
  if (email === null) throw invalidInput(path, fault('invalid_format', { format: 'email' }));
  return email;
}

/** @throws AppError user.handle_taken for a handle that nobody may have */
export function requireAllowedHandle(handle: string | undefined): void {
  if (handle === undefined || !isReservedHandle(handle)) return;
  const errors = [{ path: 'handle', ...fault('reserved') }];
  throw new AppError('user.handle_taken', { message: 'This handle is reserved: nobody may have it.', errors });
}

const refusals = {
  too_short: fault('too_small', { minimum: 10, unit: 'characters' }),
  too_long: fault('too_big', { maximum: 128, unit: 'characters' }),
  common: fault('common_password'),
  own_address: fault('own_address'),
} as const;

const tooWeak = (path: string, diagnosis: Diagnosis): AppError =>
  new AppError('auth.password_too_weak', { errors: [{ path, ...diagnosis }] });

/**
 * The text that is hashed for a new password.
 * @param email of the account, where it is known; it need not be normalised
 * @throws AppError auth.password_too_weak
 */
export function requireNewPassword(text: string, email: string | undefined, path = 'password'): string {
  const prepared = preparePassword(text, email);
  if (!prepared.ok) throw tooWeak(path, refusals[prepared.reason]);
  return prepared.password;
}

/** @throws AppError auth.password_too_weak where a new password is the one before, which somebody else may know */
export function requireOtherPassword(isSame: boolean, path: string): void {
  if (isSame) throw tooWeak(path, fault('same_password'));
}

/**
 * Makes all of these checks, so that what they refuse is said at once.
 * @throws AppError what the only check that refuses throws; request.invalid with the faults of all where several do
 */
export function checkAll<Checks extends Readonly<Record<string, () => unknown>>>(
  checks: Checks,
): { [Name in keyof Checks]: ReturnType<Checks[Name]> } {
  const refused: AppError[] = [];
  const checked = Object.entries(checks).map(([name, check]) => {
    try {
      return [name, check()];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push(error);
      return [name, undefined];
    }
  });
  const [only, ...others] = refused;
  if (others.length > 0) throw new AppError('request.invalid', { errors: refused.flatMap(({ errors }) => errors) });
  if (only !== undefined) throw only;
  return Object.fromEntries(checked);
}

/** A password as it was hashed, however the keyboard composed it. It may be one that is no longer accepted as new. */
export const typedPassword = (text: string): string => text.normalize('NFKC');
