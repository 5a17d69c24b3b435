import type { Found, Principal, Services } from '@promptory/api/server';
import { findApiKey, findLiveSession, findSessionByRefreshToken, type LiveSession } from '@promptory/auth';
import { type PlainErrorCode, Scope } from '@promptory/schemas';
import type { FastifyRequest } from 'fastify';
import { type Credential, presentedCredential, type ShownCredential } from './presented-credential.ts';

export const anonymous = (rejected: PlainErrorCode | null = null): Anonymous => ({ kind: 'anonymous', rejected });

type Anonymous = Extract<Principal, { kind: 'anonymous' }>;

/** Whoever shows what was good once. */
export const ended = (endedOf: string): Anonymous => ({ kind: 'anonymous', rejected: 'auth.invalid_token', endedOf });

export type Finders = Pick<Services, 'db' | 'clock' | 'accessTokens' | 'marks' | 'memory'>;

/**
 * Whom a credential speaks for. One that is accepted is remembered until something of it changes or its use is to be recorded again;
 * one that is not makes the caller anonymous, and is looked up anew each time. So is a cookie, whose secret changes as it is used.
 */
export function findPrincipal(services: Finders, credential: Credential): Promise<Principal> {
  const { memory, clock } = services;
  const remembered = (find: () => Promise<Found<Principal>>) =>
    memory.principals.get(keyOf(credential), clock.now(), find);
  switch (credential.kind) {
    case 'accessToken':
      return remembered(() => byAccessToken(services, credential));
    case 'apiKey':
      return remembered(() => byApiKey(services, credential.key));
    case 'cookie':
      return byCookie(services, credential.refreshToken);
  }
}

/** Whom an API key or an access token speaks for, as far as that is remembered. */
export const rememberedPrincipal = (
  { memory }: Pick<Finders, 'memory'>,
  credential: ShownCredential,
  now: Date,
): Principal | undefined => memory.principals.remembered(keyOf(credential), now);

/** An access token speaks for a session of the person whom it names. */
const keyOf = ({ id, userId = '' }: ShownCredential): string => `${id}|${userId}`;

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
  const presented = await presentedCredential(services, req, new Set());
  if (presented.kind !== 'apiKey') return false;
  const again = await findPrincipal(services, presented);
  return again.kind === 'apiKey' && again.keyId === caller.keyId;
}

async function byAccessToken(
  { db, clock }: Finders,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<Found<Principal>> {
  const session = await findLiveSession(db, { sessionId, now: clock.now() });
  if (session === null || session.userId !== userId) return notRemembered(ended(userId));
  return { value: userOf(session), dependsOn: [`session:${sessionId}`, `user:${userId}`], until: session.askAgainAt };
}

async function byApiKey({ db, clock }: Pick<Finders, 'db' | 'clock'>, key: string): Promise<Found<Principal>> {
  const found = await findApiKey(db, { key, now: clock.now() });
  if (found === null) return notRemembered(anonymous('auth.invalid_token'));
  if ('endedOf' in found) return notRemembered(ended(found.endedOf));
  const { keyId, userId, groupId, callsPerMinute, askAgainAt } = found;
  // A scope that is no longer known grants nothing.
  const scopes = found.scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []);
  const value = { kind: 'apiKey', userId, keyId, keyName: found.keyName, scopes, groupId, callsPerMinute } as const;
  return { value, dependsOn: [`key:${keyId}`, `user:${userId}`], until: askAgainAt };
}

const notRemembered = (value: Principal): Found<Principal> => ({ value, dependsOn: null });

async function byCookie({ db, clock }: Finders, refreshToken: string): Promise<Principal> {
  const session = await findSessionByRefreshToken(db, { refreshToken, now: clock.now() });
  // Only a session that was started for a cookie: a token from elsewhere gains nothing by being put into one.
  if (session === null || session.carrier !== 'cookie') return anonymous('auth.invalid_token');
  return userOf(session);
}

const userOf = ({ userId, role, sessionId }: LiveSession): Principal => ({ kind: 'user', userId, role, sessionId });
