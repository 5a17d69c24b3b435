import ipaddr from 'ipaddr.js';
import { getDomain } from 'tldts';

/** Whether a host, as a URL has it, is this machine. */
export const isLoopback = (host: string): boolean => {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || (ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback');
};

/**
 * The site of an origin, by which browsers decide whether a page's requests carry `SameSite` cookies: the scheme and the
 * domain that somebody registered, by the public suffix list; an address or a single name is its own (HTML, “same site”).
 */
export function siteOf(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}

/** What whoever sets `CORS_ORIGINS` should know: which of them keep no session cookie, by their place in the list. */
export function siteWarnings(publicUrl: string, corsOrigins: readonly string[]): string[] {
  const site = siteOf(publicUrl);
  return corsOrigins.flatMap((origin, index) =>
    siteOf(origin) === site
      ? []
      : [
          `CORS_ORIGINS number ${index + 1} is not of the same site as PUBLIC_URL, and browsers keep no session cookie for its pages: serve both below one domain, or sign in there with \`session: "token"\``,
        ],
  );
}
