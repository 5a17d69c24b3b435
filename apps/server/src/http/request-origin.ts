import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback, siteOf } from '../settings/site.ts';

/** Origins whose pages may call, or act with a cookie. */
export interface Origins {
  has(origin: string): boolean;
}

/** Whether a page that we know sent the request. `absent`: no browser said which. */
export type RequestOrigin = 'trusted' | 'foreign' | 'absent';

/** Compares the Origin header exactly. `null`, a sub-domain or another port is foreign. */
export function requestOrigin(headers: IncomingHttpHeaders, trusted: Origins): RequestOrigin {
  const { origin } = headers;
  if (origin === undefined) return 'absent';
  return trusted.has(origin) ? 'trusted' : 'foreign';
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
export const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether the request's cookie is accepted: a page of another site can send one, but not our Origin. */
export function isCookieAccepted(request: { method: string; headers: IncomingHttpHeaders }, trusted: Origins): boolean {
  const origin = requestOrigin(request.headers, trusted);
  if (origin === 'trusted') return true;
  if (origin === 'foreign' || !isSafeMethod(request.method)) return false;
  return request.headers['sec-fetch-site'] !== 'cross-site';
}

/** Whether the answer may set a cookie. Programs that are no browsers say nothing of where they come from. */
export function maySetCookie(headers: IncomingHttpHeaders, trusted: Origins): boolean {
  const origin = requestOrigin(headers, trusted);
  if (origin !== 'absent') return origin === 'trusted';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/**
 * Why the browser that asks would drop a session cookie without a word: the page is of another site than the address that
 * it calls, or that address is plain http of another machine. Null where it keeps the cookie, or is no browser.
 *
 * @param own origins of the server; the first is where people reach it
 */
export function cookieObstacle(
  { origin, host, 'sec-fetch-site': fetchSite }: IncomingHttpHeaders,
  own: readonly [string, ...string[]],
): 'other_site' | 'plain_http' | null {
  if (origin === undefined && fetchSite === undefined) return null;
  const addressed = own.find((each) => new URL(each).host === host) ?? own[0];
  const { protocol, hostname } = new URL(addressed);
  if (protocol === 'http:' && !isLoopback(hostname)) return 'plain_http';
  if (fetchSite !== undefined) return fetchSite === 'cross-site' ? 'other_site' : null;
  // Browsers of before 2023 do not say it. A trusted Origin is a URL.
  return origin === undefined || siteOf(origin) === siteOf(addressed) ? null : 'other_site';
}

/** Just these origins and, where `localPages` says so, every page of this machine on whatever port. */
export function originsOf(listed: readonly string[], { localPages = false }: { localPages?: boolean } = {}): Origins {
  const set = new Set(listed);
  return { has: (origin) => set.has(origin) || (localPages && isLocalPage(origin)) };
}

function isLocalPage(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return /^https?:$/.test(url.protocol) && url.origin === origin && isLoopback(url.hostname);
}

/**
 * Whether it is a form of our own page: `Referrer-Policy: no-referrer`, which our pages have, makes browsers hide the origin of a
 * form, and `Sec-Fetch-Site`, which no page can set, says whose it is.
 */
export const isOwnForm = ({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean =>
  origin === 'null' && site === 'same-origin';

/**
 * Whether a browser says that a form came from elsewhere. What says nothing is a program, or a browser of before 2020: its form
 * acts by what is typed into it alone, as no cookie counts there.
 */
export function isForeignForm(headers: IncomingHttpHeaders, trusted: Origins): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== 'null') return !trusted.has(origin);
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
