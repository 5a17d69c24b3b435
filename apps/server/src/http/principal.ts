import type { Db, Principal, Services } from '@promptory/api/server';
import {
  API_KEY_PREFIX,
  findLiveApiKey,
  findLiveSession,
  findSessionByRefreshToken,
  type LiveSession,
} from '@promptory/auth';
import { type ErrorCode, Scope } from '@promptory/schemas';
import type { FastifyRequest } from 'fastify';
import { isCookieAccepted, isSafeMethod } from './request-origin.ts';
import { cookieToken } from './session-cookie.ts';

const BEARER = /^bearer +(\S+) *$/i;

const anonymous = (rejected: ErrorCode | null = null): Principal => ({ kind: 'anonymous', rejected });

type Finders = Pick<Services, 'db' | 'clock' | 'accessTokens'>;

/**
 * Who makes a request, looked up anew each time, so that what was ended or revoked is refused at once. An Authorization
 * header counts before X-API-Key, and that before the cookie; what is sent and not accepted makes the caller anonymous.
 */
export async function findPrincipal(
  services: Finders,
  req: FastifyRequest,
  trusted: ReadonlySet<string>,
): Promise<Principal> {
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return anonymous('auth.invalid_token');
    return token.startsWith(API_KEY_PREFIX) ? byApiKey(services, token) : byAccessToken(services, token);
  }
  const key = req.headers['x-api-key'];
  if (key !== undefined) return typeof key === 'string' ? byApiKey(services, key) : anonymous('auth.invalid_token');
  const refreshToken = cookieToken(req);
  if (refreshToken === null) return anonymous();
  if (!isCookieAccepted(req, trusted)) return anonymous(isSafeMethod(req.method) ? null : 'request.cross_site');
  return byCookie(services, refreshToken);
}

/** Whether a caller that was accepted would be so again: its session or key lives, and its role is what it was. */
export async function isStillAuthenticated(
  services: Finders,
  req: FastifyRequest,
  caller: Principal,
): Promise<boolean> {
  if (caller.kind === 'anonymous') return true;
  if (caller.kind === 'user') {
    // By the session itself: the token that opened it may have run out or been exchanged meanwhile.
    const { db, clock } = services;
    const session = await findLiveSession(db, { sessionId: caller.sessionId, now: clock.now() });
    return session !== null && session.role === caller.role;
  }
  const again = await findPrincipal(services, req, new Set());
  return again.kind === 'apiKey' && again.keyId === caller.keyId;
}

async function byAccessToken({ db, clock, accessTokens }: Finders, token: string): Promise<Principal> {
  const now = clock.now();
  const claims = await accessTokens.verify(token, now);
  if (claims === null) return anonymous('auth.invalid_token');
  const session = await findLiveSession(db, { sessionId: claims.sessionId, now });
  if (session === null || session.userId !== claims.userId) return anonymous('auth.invalid_token');
  return userOf(session);
}

async function byApiKey({ db, clock }: { db: Db; clock: Services['clock'] }, key: string): Promise<Principal> {
  const found = await findLiveApiKey(db, { key, now: clock.now() });
  if (found === null) return anonymous('auth.invalid_token');
  const { keyId, userId, groupId, callsPerMinute } = found;
  // A scope that is no longer known grants nothing.
  const scopes = found.scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []);
  return { kind: 'apiKey', userId, keyId, keyName: found.keyName, scopes, groupId, callsPerMinute };
}

async function byCookie({ db, clock }: Finders, refreshToken: string): Promise<Principal> {
  const session = await findSessionByRefreshToken(db, { refreshToken, now: clock.now() });
  // Only a session that was started for a cookie: a token from elsewhere gains nothing by being put into one.
  if (session === null || session.carrier !== 'cookie') return anonymous('auth.invalid_token');
  return userOf(session);
}

const userOf = ({ userId, role, sessionId }: LiveSession): Principal => ({ kind: 'user', userId, role, sessionId });
