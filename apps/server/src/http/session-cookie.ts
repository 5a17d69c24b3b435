import { AppError, type SessionCookie } from '@promptory/api/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cookieObstacle, isCookieAccepted, maySetCookie, type Origins } from './request-origin.ts';

/** `__Host-`: only this host sets it, for every path, over TLS alone. */
export const SESSION_COOKIE = '__Host-promptory';

const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

const MAX_TOKEN_LENGTH = 200;

/** The refresh token in the cookie, whoever sent it along. */
export function cookieToken(req: FastifyRequest): string | null {
  const value = req.cookies[SESSION_COOKIE];
  return value === undefined || value === '' || value.length > MAX_TOKEN_LENGTH ? null : value;
}

const obstacles = {
  other_site:
    'The page is of another site than this server (127.0.0.1 and localhost are two), so its browser would not keep a session cookie. Open the page on the same site, or sign in with `session: "token"`.',
  plain_http:
    'The server is reached by plain http on another machine, so a browser would not keep a session cookie. Use https, or sign in with `session: "token"`.',
};

/** Whose pages may act with a cookie. */
export interface CookieOrigins {
  readonly trusted: Origins;
  /** The server's; the first is where people reach it. */
  readonly own: readonly [string, ...string[]];
}

/** The browser's side of a session. A request from another site finds it empty and cannot fill it. */
export function sessionCookie(
  req: FastifyRequest,
  reply: FastifyReply,
  { trusted, own }: CookieOrigins,
): SessionCookie {
  const obstacle = (): string | null => {
    if (!maySetCookie(req.headers, trusted)) throw new AppError('request.cross_site');
    const why = cookieObstacle(req.headers, own);
    return why === null ? null : obstacles[why];
  };
  return {
    refreshToken: isCookieAccepted(req, trusted) ? cookieToken(req) : null,
    obstacle,
    set(refreshToken, expiresAt) {
      const message = obstacle();
      if (message !== null) throw new AppError('request.cookie_not_kept', { message });
      reply.setCookie(SESSION_COOKIE, refreshToken, { ...attributes, expires: expiresAt });
    },
    clear() {
      if (maySetCookie(req.headers, trusted)) reply.clearCookie(SESSION_COOKIE, attributes);
    },
  };
}
