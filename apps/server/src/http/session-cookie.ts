import { AppError, type SessionCookie } from '@promptory/api/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isCookieAccepted, maySetCookie } from './request-origin.ts';

/** `__Host-`: only this host sets it, for every path, over TLS alone. */
export const SESSION_COOKIE = '__Host-promptory';

const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

const MAX_TOKEN_LENGTH = 200;

/** The refresh token in the cookie, whoever sent it along. */
export function cookieToken(req: FastifyRequest): string | null {
  const value = req.cookies[SESSION_COOKIE];
  return value === undefined || value === '' || value.length > MAX_TOKEN_LENGTH ? null : value;
}

/** The browser's side of a session. A request from another site finds it empty and cannot fill it. */
export function sessionCookie(req: FastifyRequest, reply: FastifyReply, trusted: ReadonlySet<string>): SessionCookie {
  return {
    refreshToken: isCookieAccepted(req, trusted) ? cookieToken(req) : null,
    set(refreshToken, expiresAt) {
      if (!maySetCookie(req.headers, trusted)) throw new AppError('request.cross_site');
      reply.setCookie(SESSION_COOKIE, refreshToken, { ...attributes, expires: expiresAt });
    },
    clear() {
      if (maySetCookie(req.headers, trusted)) reply.clearCookie(SESSION_COOKIE, attributes);
    },
  };
}
