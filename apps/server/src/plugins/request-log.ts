import type { FastifyInstance, FastifyRequest } from 'fastify';
import { loggedPath } from '../observability/logged-path.ts';
import type { Metrics } from '../observability/metrics.ts';

const QUIET = /^\/(?:health\/|metrics)/;

const templateOf = (req: FastifyRequest): string => (req.is404 ? 'unknown' : (req.routeOptions.url ?? 'unknown'));

/** A balancer's question. A no is news, and not a failure: it is the answer while the server stops. */
export const isProbe = (req: FastifyRequest): boolean => templateOf(req).startsWith('/health/');

/**
 * One line and one measure for each request when it is answered: who called what, how it ended, how long it took.
 *
 * @param options.knownSegments the parts of a path that the log may show
 */
export function logRequests(
  app: FastifyInstance,
  options: { metrics: Metrics; knownSegments: ReadonlySet<string> },
): void {
  const { metrics, knownSegments } = options;
  app.addHook('onResponse', (req, reply, done) => {
    const { state } = req;
    const { statusCode: status } = reply;
    const route = templateOf(req);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    metrics.request({
      method: req.method,
      route,
      status,
      seconds: reply.elapsedTime / 1_000,
      caller: state.caller?.kind ?? 'unknown',
    });
    const quiet = QUIET.test(route) && status < 400;
    const failure = isProbe(req) ? 'warn' : 'error';
    const level = status >= 500 ? failure : quiet ? 'debug' : 'info';
    req.log[level](
      {
        method: req.method,
        path: loggedPath(req.url, knownSegments),
        status,
        ms,
        ...(state.calls.length > 1 ? { calls: state.calls.slice(0, 50) } : {}),
        ...callerOf(req),
        ...codesOf(req),
      },
      'request answered',
    );
    done();
  });
}

/** Who called, as far as the log says it. */
export function callerOf({ state }: FastifyRequest): object {
  const { caller } = state;
  if (caller === null || caller.kind === 'anonymous') return {};
  return { userId: caller.userId, ...(caller.kind === 'apiKey' ? { keyId: caller.keyId } : {}) };
}

function codesOf({ state }: FastifyRequest): object {
  const codes = [...state.codes, ...(state.code === null ? [] : [state.code])];
  return codes.length === 0 ? {} : { codes: [...new Set(codes)] };
}
