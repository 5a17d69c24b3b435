// The procedures of these screens: auth.login, auth.refresh and auth.logout by the client itself, auth.register,
// auth.totp.verify.
import type { RouterInputs, SignInInput } from '@promptory/client';
import { promptory } from '../data/promptory.ts';

export const signIn = (input: SignInInput): Promise<void> => promptory.$signIn(input);

/** @returns whether a mail has what comes next, as this server wants addresses confirmed */
export async function signUp(input: Omit<RouterInputs['auth']['register'], 'session'>): Promise<{ mailed: boolean }> {
  const answer = await promptory.auth.register.mutate({ ...input, session: 'cookie' });
  if (!('user' in answer)) return { mailed: true };
  await promptory.$signIn(answer);
  return { mailed: false };
}

export const signOut = (): Promise<void> => promptory.$signOut();

/** Shows the second factor again, for what asks for one that was shown lately. */
export const proveFactor = (code: string): Promise<unknown> => promptory.auth.totp.verify.mutate(factorOf(code));

/** Six digits are of an authenticator; anything else is a recovery code. */
export const factorOf = (code: string): { code: string } | { recoveryCode: string } =>
  /^\d{6}$/.test(code) ? { code } : { recoveryCode: code };
