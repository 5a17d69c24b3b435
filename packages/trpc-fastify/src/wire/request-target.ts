import type { FastifyRequest } from 'fastify';
import { refuse } from '../http/request-refused.ts';

const HOST = /^(?:[\w.~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const NO_QUERY = new URLSearchParams();

/** The procedure path or comma-separated paths, percent-decoded once. */
export function pathOf(req: FastifyRequest): string {
  return (req.params as { '*'?: string })['*'] ?? '';
}

/** The query as URLSearchParams reads it, whatever parser the app has for its own routes. */
export function queryOf(req: FastifyRequest): URLSearchParams {
  const target = req.raw.url ?? '';
  const start = target.indexOf('?');
  if (start === -1) return NO_QUERY;
  const end = target.indexOf('#', start);
  return new URLSearchParams(target.slice(start + 1, end === -1 ? undefined : end));
}

/** Where the request was sent: Host, or in HTTP/2 the pseudo-header that has taken its place. */
function authorityOf({ headers }: FastifyRequest): string | undefined {
  return headers.host ?? (headers[':authority'] as string | undefined);
}

/** The whole URL of a request whose Host has been checked. Throws a refusal. */
export function urlOf(req: FastifyRequest): URL {
  try {
    return new URL(req.raw.url ?? '/', `${req.protocol}://${authorityOf(req) ?? 'localhost'}`);
  } catch {
    throw malformed();
  }
}

/** Whether a Host header names a host. */
export const isHost = (host: string): boolean => HOST.test(host) && URL.canParse(`http://${host}/`);

/**
 * Checks the Host header and a target that is a whole URL. Most requests of a server have the same Host, so the last good
 * one is remembered. The check throws a refusal.
 */
export function targetCheck(): (req: FastifyRequest) => void {
  let good: string | undefined;
  return (req) => {
    const host = authorityOf(req);
    if (host !== undefined && host !== good) {
      if (!isHost(host)) throw malformed();
      good = host;
    }
    if (req.raw.url?.startsWith('/') === true) return;
    const { username, password } = urlOf(req);
    if (username !== '' || password !== '') throw malformed();
  };
}

function malformed(): Error {
  return refuse('malformed_url', 'The request has a malformed Host or URL.');
}
