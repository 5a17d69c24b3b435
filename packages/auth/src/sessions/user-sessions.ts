import type { Database } from '@promptory/db';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type UserRole, userRole } from '../identity/user-role.ts';
import { sha256 } from '../secrets/sha256.ts';
import { parseRefreshToken } from './refresh-token.ts';
import type { SessionCarrier } from './session-carrier.ts';
import { isWithinLimits, sessionExpiry } from './session-limits.ts';

/** One of a user's sessions, as they may see it. Times are ISO 8601. */
export interface ListedSession {
  id: string;
  ip: string | null;
  userAgent: string | null;
  carrier: SessionCarrier;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
}

const MOST_LISTED = 100;

/** A user's live sessions, the latest first, at most a hundred. */
export function listSessions(db: Kysely<Database>, userId: string, now: Date): Promise<ListedSession[]> {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.user_id', '=', userId)
    .where((eb) => isWithinLimits(eb, now.toISOString()))
    .select((eb) => [
      'sessions.id as id',
      'sessions.ip as ip',
      'sessions.user_agent as userAgent',
      eb.ref('sessions.carrier').$castTo<SessionCarrier>().as('carrier'),
      'sessions.created_at as createdAt',
      'sessions.last_used_at as lastUsedAt',
      sessionExpiry(eb).as('expiresAt'),
    ])
    .orderBy('sessions.created_at', 'desc')
    .orderBy('sessions.id')
    .limit(MOST_LISTED)
    .execute();
}

/**
 * Whose session it is, if it still is, asked in the transaction that acts in it. Its end, and whoever calls `lockSessions`, then
 * waits for that transaction; other calls in it do not.
 *
 * @returns the role of now; null when the session has ended, or its user is not active
 */
export async function lockLiveSession(
  trx: Transaction<Database>,
  { userId, sessionId, now }: { userId: string; sessionId: string; now: Date },
): Promise<{ role: UserRole } | null> {
  const found = await trx
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.id', '=', sessionId)
    .where('sessions.user_id', '=', userId)
    .where('users.status', '=', 'active')
    .where((eb) => isWithinLimits(eb, now.toISOString()))
    .select('users.role')
    // The session first, which may have to be waited for: then the user is looked at again as they are now.
    .forKeyShare(['sessions', 'users'])
    .executeTakeFirst();
  return found === undefined ? null : { role: userRole(found.role) };
}

/** Waits for the transactions that act in a user's sessions; those that come later wait for this one. */
export async function lockSessions(trx: Transaction<Database>, userId: string): Promise<void> {
  await trx.selectFrom('sessions').select('id').where('user_id', '=', userId).orderBy('id').forUpdate().execute();
}

/** Ends one session of a user. @returns false when they have no such session */
export async function endSession(
  trx: Kysely<Database>,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/**
 * Ends those of a user's sessions that were not used for longest, until `most` are left; never the one named. Sessions
 * started at once wait for each other here until their transactions end, so that no more than that are left of them all.
 *
 * @returns how many were ended
 */
export async function keepLatestSessions(
  trx: Kysely<Database>,
  { userId, sessionId, most }: { userId: string; sessionId: string; most: number },
): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${userId}, 6))`.execute(trx);
  const { numDeletedRows } = await trx
    .deleteFrom('sessions')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('sessions')
        .select('id')
        .where('user_id', '=', userId)
        .where('id', '<>', sessionId)
        .orderBy('last_used_at', 'desc')
        .orderBy('id', 'desc')
        .offset(Math.max(0, most - 1)),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/**
 * Signs out by refresh token, also by a spent one: who holds its lucia id may end the session.
 *
 * @returns whose session it was, or null when there is none
 */
export async function endSessionByRefreshToken(
  trx: Kysely<Database>,
  refreshToken: string,
): Promise<{ sessionId: string; userId: string } | null> {
  const presented = parseRefreshToken(refreshToken);
  if (presented === null) return null;
  const ended = await trx
    .deleteFrom('sessions')
    .where('secret_hash', '=', sha256(presented.luciaId))
    .returning(['id as sessionId', 'user_id as userId'])
    .executeTakeFirst();
  return ended ?? null;
}

/** Ends all sessions of a user, or all but the one they act from. @returns how many */
export async function endSessions(
  trx: Kysely<Database>,
  { userId, exceptSessionId }: { userId: string; exceptSessionId?: string },
): Promise<number> {
  const all = trx.deleteFrom('sessions').where('user_id', '=', userId);
  const ended = exceptSessionId === undefined ? all : all.where('id', '!=', exceptSessionId);
  return Number((await ended.executeTakeFirstOrThrow()).numDeletedRows);
}

/** Removes the sessions that have run out. @returns how many */
export async function deleteExpiredSessions(db: Kysely<Database>, now: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('idle_expires_at', '<=', now.toISOString())
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
