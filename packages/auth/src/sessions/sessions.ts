/**
 * A session has three names. Its public id, a UUID v7, stands in access tokens (`sid`) and in the list of a user's
 * sessions, and opens nothing. lucia's session id is a secret that stays for the session's life; the adapter keeps only
 * its SHA-256. A refresh token is that secret and a second one, which changes at every refresh:
 *
 *     ptr_<lucia id>.<rotation secret>        next secret = HMAC-SHA-256(key: this secret, salt: 32 random bytes)
 *
 * A lucia id ends with a mark (credential-marks.ts), by which limits know whose it is before it is looked up.
 *
 * As the salt is stored, whoever asks again within ten seconds with the token just spent (a lost answer, two tabs at
 * once) is given the same next token, although no token rests here. Any other token with this lucia id is a copy of one
 * spent before: this caller or the owner holds a stolen token, nobody can know which, and the session ends. The row is
 * locked meanwhile, so that parallel refreshes advance it once.
 *
 * Two limits hold, by the user's role of now: unused (moved by use) and at most (from the start). See session-limits.ts.
 */
import { compiledOnce, type Database, newId, retryTransaction, takeTurn } from '@promptory/db';
import type { Kysely, Transaction } from 'kysely';
import type { Session } from 'lucia';
import type { CallerOrigin } from '../identity/caller-origin.ts';
import { type UserRole, userRole } from '../identity/user-role.ts';
import type { CredentialMarks } from '../secrets/credential-marks.ts';
import { sameHash, sha256 } from '../secrets/sha256.ts';
import {
  formatRefreshToken,
  newRefreshToken,
  newRotationSalt,
  nextRotation,
  parseRefreshToken,
} from './refresh-token.ts';
import { luciaAt } from './session-adapter.ts';
import type { SessionCarrier } from './session-carrier.ts';
import { isWithinLimits, limitsFrom, nextTouch, sessionExpiry, touchSession } from './session-limits.ts';

const LOST_ANSWER_MS = 10_000;

export interface StartedSession {
  sessionId: string;
  /** Given to its owner once. */
  refreshToken: string;
  /** When the refresh token ends if it is not used. */
  refreshExpiresAt: Date;
}

export type RefreshOutcome =
  | ({
      outcome: 'refreshed';
      /** Whether this spent the token: false for the same answer once more. */
      advanced: boolean;
      userId: string;
      role: UserRole;
      carrier: SessionCarrier;
    } & StartedSession)
  /** A spent token came back: the session is ended. Worth a mail to its owner. */
  | { outcome: 'replayed'; sessionId: string; userId: string }
  /** No such session, or it has run out, or its user is suspended. */
  | { outcome: 'invalid' };

export interface LiveSession {
  sessionId: string;
  userId: string;
  role: UserRole;
  status: 'active';
  carrier: SessionCarrier;
  /** When the session ends if it is not used again. */
  expiresAt: Date;
  /** From when on it has to be asked for again: its use is to be recorded then, or it has ended. */
  askAgainAt: Date;
}

interface NewSession extends CallerOrigin {
  userId: string;
  role: UserRole;
  carrier: SessionCarrier;
  marks: CredentialMarks;
  now: Date;
  /** Whether the second factor was proved; only where it was need it not be again for a while. */
  secondFactor?: boolean;
}

/** Starts a session. Pass the transaction that has checked who it is for. */
export async function startSession(trx: Kysely<Database>, session: NewSession): Promise<StartedSession> {
  const { userId, role, carrier, marks, ip, userAgent, now, secondFactor = false } = session;
  const token = newRefreshToken({ marks, userId });
  const sessionId = newId();
  const endsAt = limitsFrom(now, role).idleExpiresAt;
  const attributes = {
    sessionId,
    role,
    carrier,
    ip,
    userAgent,
    refreshHash: sha256(token.rotation),
    previousRefreshHash: null,
    rotationSalt: null,
    rotatedAt: null,
    lastUsedAt: now,
    secondFactorAt: secondFactor ? now : null,
    endsAt,
  };
  await luciaAt(trx, now).createSession(userId, attributes, { sessionId: token.luciaId });
  return { sessionId, refreshToken: formatRefreshToken(token), refreshExpiresAt: endsAt };
}

/**
 * Spends a refresh token and answers the next one; asked again within ten seconds, the same one. Runs its own
 * transaction, since a replay must end the session whatever the caller does next.
 *
 * @param record records what has become of the session in that transaction
 */
export async function refreshSession(
  db: Kysely<Database>,
  { refreshToken, now }: { refreshToken: string; now: Date },
  record: (trx: Transaction<Database>, outcome: RefreshOutcome) => Promise<void> = async () => undefined,
): Promise<RefreshOutcome> {
  const presented = parseRefreshToken(refreshToken);
  if (presented === null) return { outcome: 'invalid' };

  const spend = async (trx: Transaction<Database>): Promise<RefreshOutcome> => {
    const lucia = luciaAt(trx, now, { lock: true });
    const { session } = await lucia.validateSession(presented.luciaId);
    if (session === null) return { outcome: 'invalid' };

    const { sessionId, userId, role, carrier } = session;
    const salt = await saltFor(trx, session, presented.rotation, now);
    if (salt === null) {
      await lucia.invalidateSession(presented.luciaId);
      return { outcome: 'replayed', sessionId, userId };
    }
    const rotation = nextRotation(presented.rotation, salt);
    return {
      outcome: 'refreshed',
      advanced: salt !== session.rotationSalt,
      sessionId,
      userId,
      role,
      carrier,
      refreshToken: formatRefreshToken({ luciaId: presented.luciaId, rotation }),
      refreshExpiresAt: await touchSession(trx, session, now),
    };
  };
  return retryTransaction(db, async (trx) => {
    takeTurn(trx, `session|${presented.luciaId}`);
    const outcome = await spend(trx);
    await record(trx, outcome);
    return outcome;
  });
}

/** The salt that leads from a presented secret to the next: a new one, the last one again, or none for a replay. */
async function saltFor(trx: Kysely<Database>, session: Session, rotation: string, now: Date): Promise<Buffer | null> {
  if (isJustSpent(session, rotation, now)) return session.rotationSalt;
  if (!isCurrent(session, rotation)) return null;
  const salt = newRotationSalt();
  await trx
    .updateTable('sessions')
    .set({
      refresh_hash: sha256(nextRotation(rotation, salt)),
      previous_refresh_hash: session.refreshHash,
      rotation_salt: salt,
      rotated_at: now.toISOString(),
    })
    .where('id', '=', session.sessionId)
    .execute();
  return salt;
}

function isCurrent(session: Session, rotation: string): boolean {
  return sameHash(session.refreshHash, sha256(rotation));
}

function isJustSpent({ previousRefreshHash, rotatedAt }: Session, rotation: string, now: Date): boolean {
  if (previousRefreshHash === null || rotatedAt === null) return false;
  const isRecent = now.getTime() - rotatedAt.getTime() <= LOST_ANSWER_MS;
  return isRecent && sameHash(previousRefreshHash, sha256(rotation));
}

const sessionOf = compiledOnce((db: Kysely<Database>, { sessionId, now }: { sessionId: string; now: string }) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.id', '=', sessionId)
    .where('users.status', '=', 'active')
    .where((eb) => isWithinLimits(eb, now))
    .select((eb) => [
      'sessions.id as sessionId',
      'sessions.user_id as userId',
      eb.ref('sessions.carrier').$castTo<SessionCarrier>().as('carrier'),
      'sessions.last_used_at as lastUsedAt',
      'users.role as role',
      sessionExpiry(eb).as('endsAt'),
    ]),
);

/**
 * Whether the session of an access token still is, and whose. One query, and once a minute a second one.
 *
 * @returns null when ended, run out, or its user is suspended
 */
export async function findLiveSession(
  db: Kysely<Database>,
  { sessionId, now }: { sessionId: string; now: Date },
): Promise<LiveSession | null> {
  const row = await sessionOf.first(db, { sessionId, now: now.toISOString() });
  if (row === undefined) return null;
  return liveSession(
    db,
    {
      ...row,
      role: userRole(row.role),
      lastUsedAt: new Date(row.lastUsedAt),
      endsAt: new Date(row.endsAt),
    },
    now,
  );
}

/**
 * The session of a refresh token that comes in a cookie with each call, without spending it. The token must be the
 * current one, or the one spent within the last ten seconds (calls in flight while another refreshes).
 */
export async function findSessionByRefreshToken(
  db: Kysely<Database>,
  { refreshToken, now }: { refreshToken: string; now: Date },
): Promise<LiveSession | null> {
  const presented = parseRefreshToken(refreshToken);
  if (presented === null) return null;
  const { session } = await luciaAt(db, now).validateSession(presented.luciaId);
  if (session === null) return null;
  const { rotation } = presented;
  return isCurrent(session, rotation) || isJustSpent(session, rotation, now) ? liveSession(db, session, now) : null;
}

type Used = Pick<Session, 'sessionId' | 'userId' | 'role' | 'carrier' | 'lastUsedAt' | 'endsAt'>;

async function liveSession(db: Kysely<Database>, session: Used, now: Date): Promise<LiveSession> {
  const expiresAt = await touchSession(db, session, now);
  const { sessionId, userId, role, carrier } = session;
  const askAgainAt = earlier(nextTouch(session.lastUsedAt, now), expiresAt);
  return { sessionId, userId, role, status: 'active', carrier, expiresAt, askAgainAt };
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
