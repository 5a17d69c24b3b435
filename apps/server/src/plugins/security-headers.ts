import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

const YEAR_SECONDS = 31_536_000;

/** The API's own policy: its answers are data, and load and frame nothing. */
export const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What every answer carries, also one that is made before any hook runs. */
export const plainHeaders = (options: { secure: boolean }): Record<string, string> => ({
  'content-security-policy': DATA_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  vary: 'Origin',
  ...(options.secure ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}; includeSubDomains` } : {}),
});

/** What an answer of the API carries, its id, `no-store` and CORS left out. */
export function apiHeaders(options: { secure: boolean }): Readonly<Record<string, string>> {
  return headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // A cookie over http is refused by browsers anyway; HSTS over http is ignored by them.
    strictTransportSecurity: options.secure ? { maxAge: YEAR_SECONDS, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    // Other origins read through CORS alone, which this does not concern.
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
}

/** Security headers on every answer; `no-store` unless a route says otherwise; the request's id. */
export function securityHeaders(app: FastifyInstance, options: { secure: boolean }): void {
  const headers = apiHeaders(options);
  app.addHook('onRequest', (req, reply, done) => {
    reply.headers(headers).header('x-request-id', req.id);
    done();
  });
  app.addHook('onSend', (_req, reply, _payload, done) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done();
  });
}

/** What helmet sets on an answer, found out once: it is the same on each. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  helmet(options)(req, res, () => undefined);
  return Object.fromEntries(Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)]));
}
