// The procedures of these screens: auth.login, auth.refresh and auth.logout by the client itself, auth.register.
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
