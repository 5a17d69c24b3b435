import type { Database } from '@promptory/db';
import type { Kysely } from 'kysely';
import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia, TimeSpan } from 'lucia';
import { type CallerOrigin, originColumns } from '../identity/caller-origin.ts';
import { type UserRole, userRole } from '../identity/user-role.ts';
import { sha256 } from '../secrets/sha256.ts';
import type { SessionCarrier } from './session-carrier.ts';
import { limitsFrom, SESSION_LIMITS_MS, sessionExpiry } from './session-limits.ts';
import { deleteExpiredSessions, endSessions } from './user-sessions.ts';

/** What a session carries besides what lucia knows of: its id, its user and its end. */
export interface SessionAttributes extends CallerOrigin {
  /** The public id. */
  sessionId: string;
  role: UserRole;
  carrier: SessionCarrier;
  refreshHash: Buffer;
  previousRefreshHash: Buffer | null;
  rotationSalt: Buffer | null;
  rotatedAt: Date | null;
  lastUsedAt: Date;
  /** When the second factor was last proved in it. */
  secondFactorAt: Date | null;
  /** When it ends if it is not used again; lucia's own `expiresAt` says only whether it has ended. */
  endsAt: Date;
}

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionAttributes>;
    DatabaseSessionAttributes: SessionAttributes;
  }
}

// lucia compares with the wall clock, we with `now`: it is given one of two times, far ahead or long past.
const NEVER = new Date(8.64e15);
const LONG_AGO = new Date(0);

/**
 * lucia over our table, as of `now`. With `lock`, the row of a validated session stays locked until the transaction
 * ends. The session of a user who is not active is to lucia one without a user, which it deletes.
 */
export function luciaAt(db: Kysely<Database>, now: Date, { lock = false } = {}): Lucia<SessionAttributes> {
  return new Lucia(sessionAdapter(db, now, lock), {
    sessionExpiresIn: new TimeSpan(SESSION_LIMITS_MS.user.idle, 'ms'),
    getSessionAttributes: (attributes) => attributes,
  });
}

function sessionAdapter(db: Kysely<Database>, now: Date, lock: boolean): Adapter {
  return {
    async getSessionAndUser(luciaId) {
      const row = await selectSession(db, luciaId, lock);
      if (row === undefined) return [null, null];
      return [databaseSession(luciaId, row, now), row.status === 'active' ? databaseUser(row.userId) : null];
    },

    async setSession({ id: luciaId, userId, attributes }) {
      const { idleExpiresAt, absoluteExpiresAt } = limitsFrom(now, attributes.role);
      await db
        .insertInto('sessions')
        .values({
          id: attributes.sessionId,
          secret_hash: sha256(luciaId),
          user_id: userId,
          refresh_hash: attributes.refreshHash,
          carrier: attributes.carrier,
          ...originColumns(attributes),
          created_at: now.toISOString(),
          last_used_at: now.toISOString(),
          second_factor_at: attributes.secondFactorAt?.toISOString() ?? null,
          idle_expires_at: idleExpiresAt.toISOString(),
          absolute_expires_at: absoluteExpiresAt.toISOString(),
        })
        .execute();
    },

    async deleteSession(luciaId) {
      await db.deleteFrom('sessions').where('secret_hash', '=', sha256(luciaId)).execute();
    },

    async deleteUserSessions(userId) {
      await endSessions(db, { userId });
    },

    async deleteExpiredSessions() {
      await deleteExpiredSessions(db, now);
    },

    // lucia would prolong by one limit for every role and without end; `touchSession` knows both limits.
    updateSessionExpiration: async () => undefined,

    getUserSessions: () => Promise.reject(new Error('lucia session ids rest as hashes, so none can be listed')),
  };
}

type SessionRow = NonNullable<Awaited<ReturnType<typeof selectSession>>>;

function selectSession(db: Kysely<Database>, luciaId: string, lock: boolean) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.secret_hash', '=', sha256(luciaId))
    .select((eb) => [
      'sessions.id as sessionId',
      'sessions.user_id as userId',
      eb.ref('sessions.carrier').$castTo<SessionCarrier>().as('carrier'),
      'sessions.ip as ip',
      'sessions.user_agent as userAgent',
      'sessions.refresh_hash as refreshHash',
      'sessions.previous_refresh_hash as previousRefreshHash',
      'sessions.rotation_salt as rotationSalt',
      'sessions.rotated_at as rotatedAt',
      'sessions.last_used_at as lastUsedAt',
      'sessions.second_factor_at as secondFactorAt',
      'users.role as role',
      'users.status as status',
      sessionExpiry(eb).as('endsAt'),
    ])
    .$if(lock, (query) => query.forUpdate('sessions'))
    .executeTakeFirst();
}

function databaseSession(luciaId: string, row: SessionRow, now: Date): DatabaseSession {
  const endsAt = new Date(row.endsAt);
  return {
    id: luciaId,
    userId: row.userId,
    expiresAt: endsAt > now ? NEVER : LONG_AGO,
    attributes: {
      ...row,
      role: userRole(row.role),
      rotatedAt: row.rotatedAt === null ? null : new Date(row.rotatedAt),
      lastUsedAt: new Date(row.lastUsedAt),
      secondFactorAt: row.secondFactorAt === null ? null : new Date(row.secondFactorAt),
      endsAt,
    },
  };
}

function databaseUser(id: string): DatabaseUser {
  return { id, attributes: {} };
}
