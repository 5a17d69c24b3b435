import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Services } from '@promptory/api/server';
import { API_KEY_PREFIX, apiKeyLooksValid, markedApiKeyOwner, shownSession } from '@promptory/auth';
import type { PlainErrorCode } from '@promptory/schemas';
import type { FastifyRequest } from 'fastify';
import { isCookieAccepted, isSafeMethod, type Origins } from '../request-origin.ts';
import { cookieToken } from '../session-cookie.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** What a request shows to say who calls, as far as that is known without the database. */
export type Presented =
  /** Or what can be no credential, and why. */
  | { readonly kind: 'nothing'; readonly rejected: PlainErrorCode | null }
  /** Its signature is right; whether its session still lives, the database knows. */
  | { readonly kind: 'accessToken'; readonly id: string; readonly userId: string; readonly sessionId: string }
  | ({ readonly kind: 'apiKey'; readonly key: string } & Shown)
  | ({ readonly kind: 'cookie'; readonly refreshToken: string } & Shown);

interface Shown {
  readonly id: string;
  /** By what limits know the account that we made it for; null where it has no mark of ours. */
  readonly owner: string | null;
}

export type Credential = Exclude<Presented, { kind: 'nothing' }>;

const BEARER = /^bearer +(\S+) *$/i;

const nothing = (rejected: PlainErrorCode | null = null): Presented => ({ kind: 'nothing', rejected });

/** What a secret is remembered by. */
const idOf = (secret: string): string => hash('sha256', secret, 'base64url');

/**
 * Reads the credential of a request and asks no database. An Authorization header counts before X-API-Key, and that
 * before the cookie; what is sent and cannot be one makes the caller anonymous.
 *
 * @param trusted origins whose pages may act with a cookie
 * @param tokens those that were verified lately
 */
export async function presentedCredential(
  services: Pick<Services, 'clock' | 'accessTokens' | 'marks'>,
  req: FastifyRequest,
  trusted: Origins,
  tokens: VerifiedTokens | null = null,
): Promise<Presented> {
  const { marks } = services;
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return nothing('auth.invalid_token');
    if (token.startsWith(API_KEY_PREFIX)) return apiKey(marks, token);
    return accessToken(services, token, tokens);
  }
  const key = req.headers['x-api-key'];
  if (key !== undefined) return typeof key === 'string' ? apiKey(marks, key) : nothing('auth.invalid_token');
  const refreshToken = cookieToken(req);
  if (refreshToken === null) return nothing();
  if (!isCookieAccepted(req, trusted)) return nothing(isSafeMethod(req.method) ? null : 'request.cross_site');
  // Known by the part that stays while the other is exchanged, so that a refresh makes nobody a stranger.
  const shown = shownSession(marks, refreshToken);
  return shown === null ? nothing('auth.invalid_token') : { kind: 'cookie', ...shown, refreshToken };
}

async function accessToken(
  { clock, accessTokens }: Pick<Services, 'clock' | 'accessTokens'>,
  token: string,
  tokens: VerifiedTokens | null,
): Promise<Presented> {
  const now = clock.now();
  const id = tokens === null ? '' : idOf(token);
  let claims = tokens?.get(id, now) ?? null;
  if (claims === null) {
    claims = await accessTokens.verify(token, now);
    if (claims === null) return nothing('auth.invalid_token');
    tokens?.remember(id, claims);
  }
  const { userId, sessionId } = claims;
  return { kind: 'accessToken', id: sessionIdOf(sessionId), userId, sessionId };
}

const sessionIdOf = (sessionId: string): string => `session|${sessionId}`;

/** By what an API key, or an access token that was verified lately, is known here. */
export interface ShownCredential {
  readonly id: string;
  /** Of an access token, whom it names. */
  readonly userId?: string;
}

/** What a secret is remembered by that a connection shows. */
export type IdOfShown = (socket: Socket, secret: string) => string;

/** Of what a connection shows again, that is not worked out again: what it showed last is kept as long as the connection. */
export function shownIds(): IdOfShown {
  const last = new WeakMap<Socket, { readonly secret: string; readonly id: string }>();
  return (socket, secret) => {
    const known = last.get(socket);
    if (known?.secret === secret) return known.id;
    const id = idOf(secret);
    last.set(socket, { secret, id });
    return id;
  };
}

/**
 * The key or token that a request shows before any other credential; undefined where it shows none, or a token that is not known to
 * be one. What is said to be a key may be none.
 */
export function shownCredential(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  idOn: IdOfShown,
  tokens: VerifiedTokens,
  now: Date,
): ShownCredential | undefined {
  const { authorization, 'x-api-key': key } = headers;
  const shown = authorization === undefined ? key : BEARER.exec(authorization)?.[1];
  if (typeof shown !== 'string') return undefined;
  if (shown.startsWith(API_KEY_PREFIX)) return { id: idOn(socket, shown) };
  const token = authorization === undefined ? undefined : tokens.get(idOn(socket, shown), now);
  return token && { id: sessionIdOf(token.sessionId), userId: token.userId };
}

const apiKey = (marks: Services['marks'], key: string): Presented =>
  apiKeyLooksValid(key) ? new ShownApiKey(marks, key) : nothing('auth.invalid_token');

class ShownApiKey {
  readonly kind = 'apiKey';
  readonly id: string;
  readonly key: string;
  readonly #marks: Services['marks'];

  constructor(marks: Services['marks'], key: string) {
    this.id = idOf(key);
    this.key = key;
    this.#marks = marks;
  }

  /** Asked for only of a key that was not accepted lately. */
  get owner(): string | null {
    return markedApiKeyOwner(this.#marks, this.key);
  }
}
