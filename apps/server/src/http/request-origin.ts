import type { IncomingHttpHeaders } from 'node:http';

/** Whether a page that we know sent the request. `absent`: no browser said which. */
export type RequestOrigin = 'trusted' | 'foreign' | 'absent';

/** Compares the Origin header exactly. `null`, a sub-domain or another port is foreign. */
export function requestOrigin(headers: IncomingHttpHeaders, trusted: ReadonlySet<string>): RequestOrigin {
  const { origin } = headers;
  if (origin === undefined) return 'absent';
  return trusted.has(origin) ? 'trusted' : 'foreign';
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
export const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether the request's cookie is accepted: a page of another site can send one, but not our Origin. */
export function isCookieAccepted(
  request: { method: string; headers: IncomingHttpHeaders },
  trusted: ReadonlySet<string>,
): boolean {
  const origin = requestOrigin(request.headers, trusted);
  if (origin === 'trusted') return true;
  if (origin === 'foreign' || !isSafeMethod(request.method)) return false;
  return request.headers['sec-fetch-site'] !== 'cross-site';
}

/** Whether the answer may set a cookie. Programs that are no browsers say nothing of where they come from. */
export function maySetCookie(headers: IncomingHttpHeaders, trusted: ReadonlySet<string>): boolean {
  const origin = requestOrigin(headers, trusted);
  if (origin !== 'absent') return origin === 'trusted';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** The origins whose pages may act with a cookie: our own, and those of CORS_ORIGINS. */
export function trustedOrigins(publicUrl: string, corsOrigins: readonly string[], own: readonly string[] = []) {
  return new Set([new URL(publicUrl).origin, ...corsOrigins, ...own]);
}
