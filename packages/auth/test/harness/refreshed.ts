import type { Database } from '@promptory/db';
import type { Kysely } from 'kysely';
import { type RefreshOutcome, refreshSession } from '../../src/sessions/sessions.ts';

type Refreshed = Extract<RefreshOutcome, { outcome: 'refreshed' }>;

/** Refreshes a session of which the test expects that it can be. */
export async function refreshed(db: Kysely<Database>, refreshToken: string, now: Date): Promise<Refreshed> {
  return asRefreshed(await refreshSession(db, { refreshToken, now }));
}

export function asRefreshed(outcome: RefreshOutcome): Refreshed {
  if (outcome.outcome !== 'refreshed') throw new Error(`The session was ${outcome.outcome}.`);
  return outcome;
}
