import type { Database } from '@promptory/db';
import type { Kysely } from 'kysely';
import { selectSecondFactors } from './stored-factor.ts';

/** How long a session that proved the second factor need not prove it again. */
export const STEP_UP_MS = 10 * 60_000;

interface InSession {
  userId: string;
  sessionId: string;
}

/** Records that the second factor was proved in a session. */
export async function markSecondFactor(
  trx: Kysely<Database>,
  { userId, sessionId, now }: InSession & { now: Date },
): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ second_factor_at: now.toISOString() })
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .execute();
}

/** Until when a session counts as having just proved the second factor; null where it never did. */
export async function findStepUpEnd(db: Kysely<Database>, { userId, sessionId }: InSession): Promise<Date | null> {
  const session = await db
    .selectFrom('sessions')
    .select('second_factor_at as at')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return session === undefined || session.at === null ? null : new Date(Date.parse(session.at) + STEP_UP_MS);
}

/** Whether the account has a second factor that its session has not proved within the last ten minutes. One query. */
export async function lacksSecondFactor(
  db: Kysely<Database>,
  { userId, sessionId, now }: InSession & { now: Date },
): Promise<boolean> {
  const since = new Date(now.getTime() - STEP_UP_MS).toISOString();
  const lacking = await selectSecondFactors(db)
    .where('user_totp.user_id', '=', userId)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('sessions')
            .select('sessions.id')
            .where('sessions.id', '=', sessionId)
            .where('sessions.user_id', '=', userId)
            .where('sessions.second_factor_at', '>', since),
        ),
      ),
    )
    .select('user_totp.user_id')
    .executeTakeFirst();
  return lacking !== undefined;
}
