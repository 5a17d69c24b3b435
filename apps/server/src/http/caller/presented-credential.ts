import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Services } from '@promptory/api/server';
import { API_KEY_PREFIX, apiKeyLooksValid, markedApiKeyOwner, shownSession } from '@promptory/auth';
import type { PlainErrorCode } from '@promptory/schemas';
import type { FastifyRequest } from 'fastify';
import { isCookieAccepted, isSafeMethod, type Origins } from '../request-origin.ts';
import { cookieToken } from '../session-cookie.ts';

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
 */
export async function presentedCredential(
  { clock, accessTokens, marks }: Pick<Services, 'clock' | 'accessTokens' | 'marks'>,
  req: FastifyRequest,
  trusted: Origins,
): Promise<Presented> {
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return nothing('auth.invalid_token');
    if (token.startsWith(API_KEY_PREFIX)) return apiKey(marks, token);
    const claims = await accessTokens.verify(token, clock.now());
    if (claims === null) return nothing('auth.invalid_token');
    const { userId, sessionId } = claims;
    return { kind: 'accessToken', id: `session|${sessionId}`, userId, sessionId };
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

/** The id of the API key that a request shows before any other credential, be it one or not; undefined where it shows none. */
export function presentedKeyId({ authorization, 'x-api-key': key }: IncomingHttpHeaders): string | undefined {
  const shown = authorization === undefined ? key : BEARER.exec(authorization)?.[1];
  return typeof shown === 'string' && shown.startsWith(API_KEY_PREFIX) ? idOf(shown) : undefined;
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
