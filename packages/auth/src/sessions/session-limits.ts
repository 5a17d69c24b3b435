import type { Database } from '@promptory/db';
import { type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { UserRole } from '../identity/user-role.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long a session lives unused, and how long at most. */
export const SESSION_LIMITS_MS: Record<UserRole, { idle: number; absolute: number }> = {
  user: { idle: 14 * DAY_MS, absolute: 30 * DAY_MS },
  admin: { idle: 12 * HOUR_MS, absolute: 24 * HOUR_MS },
};

// A session's use is written at most this often, so its idle limit is exact to a minute.
const TOUCH_EVERY_MS = 60_000;

type Joined = ExpressionBuilder<Database, 'sessions' | 'users'>;

/**
 * When a session joined to its user ends if it is not used again. The role is the one of now: promoting a user shortens
 * the sessions that are already open. (idle_expires_at is never after absolute_expires_at, which the table checks.)
 */
export function sessionExpiry(eb: Joined): RawBuilder<string> {
  const { idle, absolute } = SESSION_LIMITS_MS.admin;
  return sql<string>`case when ${eb.ref('users.role')} = 'admin' then least(
    ${eb.ref('sessions.idle_expires_at')},
    ${eb.ref('sessions.last_used_at')} + ${milliseconds(idle)},
    ${eb.ref('sessions.created_at')} + ${milliseconds(absolute)}
  ) else ${eb.ref('sessions.idle_expires_at')} end`;
}

/** For `where`: the session has not ended at `now`, in ISO 8601. */
export function isWithinLimits(eb: Joined, now: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sessionExpiry(eb)} > ${now}::timestamptz`;
}

/** When a session that starts at `now` ends, unused and at most. */
export function limitsFrom(now: Date, role: UserRole): { idleExpiresAt: Date; absoluteExpiresAt: Date } {
  const { idle, absolute } = SESSION_LIMITS_MS[role];
  return { idleExpiresAt: new Date(now.getTime() + idle), absoluteExpiresAt: new Date(now.getTime() + absolute) };
}

interface UsedSession {
  sessionId: string;
  role: UserRole;
  lastUsedAt: Date;
  endsAt: Date;
}

/**
 * Records that a session is used, which moves its idle limit, unless that was recorded within the last minute.
 *
 * @returns when the session ends now
 */
export async function touchSession(db: Kysely<Database>, session: UsedSession, now: Date): Promise<Date> {
  const stale = new Date(now.getTime() - TOUCH_EVERY_MS);
  if (session.lastUsedAt > stale) return session.endsAt;
  const { idle, absolute } = SESSION_LIMITS_MS[session.role];
  const touched = await db
    .updateTable('sessions')
    .set({
      last_used_at: now.toISOString(),
      idle_expires_at: sql<string>`least(
        ${now.toISOString()}::timestamptz + ${milliseconds(idle)},
        created_at + ${milliseconds(absolute)},
        absolute_expires_at
      )`,
    })
    // Of many calls at once one writes and none waits for it.
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('sessions')
        .select('id')
        .where('id', '=', session.sessionId)
        .where('last_used_at', '<=', stale.toISOString())
        .forNoKeyUpdate()
        .skipLocked(),
    )
    .returning('idle_expires_at as endsAt')
    .executeTakeFirst();
  return touched === undefined ? session.endsAt : new Date(touched.endsAt);
}

/** When the use of a session has to be recorded next, after `touchSession` was asked at `now`. */
export function nextTouch(lastUsedAt: Date, now: Date): Date {
  const due = lastUsedAt.getTime() + TOUCH_EVERY_MS;
  return new Date(due > now.getTime() ? due : now.getTime() + TOUCH_EVERY_MS);
}

function milliseconds(count: number) {
  return sql`make_interval(secs => ${count / 1_000}::double precision)`;
}
