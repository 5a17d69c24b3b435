import { lacksSecondFactor } from '@promptory/auth';
import type { SignedInContext } from '../context.ts';
import { AppError } from '../errors.ts';

/** When a procedure asks for the second factor again: at each call, or when its input holds a field. */
export type StepUp = 'always' | { readonly whenGiven: string };

/** Looks at the input before its schema does, as the schema will: by the field's name, wherever it is inherited from. */
export async function needsFactor(stepUp: StepUp, rawInput: () => Promise<unknown>): Promise<boolean> {
  return stepUp === 'always' || Reflect.get(Object(await rawInput()), stepUp.whenGiven) !== undefined;
}

/**
 * Lets a session pass that has just proved the second factor, and an account that has none. Asked of the database at
 * each call, so that what a session proved ends with it.
 *
 * @throws AppError auth.second_factor_required; auth.session_required for an API key, which can prove nothing
 */
export async function requireRecentFactor({ db, clock, principal }: SignedInContext): Promise<void> {
  if (principal.kind !== 'user') throw new AppError('auth.session_required');
  const { userId, sessionId } = principal;
  if (await lacksSecondFactor(db, { userId, sessionId, now: clock.now() })) {
    throw new AppError('auth.second_factor_required');
  }
}
