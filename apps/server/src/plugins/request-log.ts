import type { Principal } from '@promptory/api/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { loggedPath } from '../observability/logged-path.ts';
import { type Logger, ownLines } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

const QUIET = /^\/(?:health\/|metrics)/;

/** The template of the route of a request, never the path that was asked for. */
export const templateOf = (req: FastifyRequest): string =>
  req.is404 ? 'unknown' : (req.routeOptions.url ?? 'unknown');

/** A balancer's question. A no is news, and not a failure: it is the answer while the server stops. */
export const isProbe = (req: FastifyRequest): boolean => isProbeRoute(templateOf(req));

const isProbeRoute = (route: string): boolean => route.startsWith('/health/');

/** A request that was answered. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** As the log may show it. */
  readonly path: string;
  /** The template of its route. */
  readonly route: string;
  readonly status: number;
  readonly elapsedMs: number;
  readonly caller: Principal | null;
  /** What its line says besides. */
  readonly more?: object;
}

/** Writes the line of an answer, and measures it. */
export type AnswerLog = (answered: AnsweredRequest) => void;

/** One line and one measure for each request when it is answered: who called what, how it ended, how long it took. */
export function answerLog(options: { logger: Logger; metrics: Pick<Metrics, 'request'> }): AnswerLog {
  const { metrics } = options;
  const log = ownLines(options.logger);
  return ({ requestId, method, path, route, status, elapsedMs, caller, more }) => {
    metrics.request({ method, route, status, seconds: elapsedMs / 1_000, caller: caller?.kind ?? 'unknown' });
    const ms = Math.round(elapsedMs * 10) / 10;
    const line = { requestId, method, path, status, ms, ...callerOf({ state: { caller } }), ...more };
    log[levelOf(route, status)](line, 'request answered');
  };
}

function levelOf(route: string, status: number): 'debug' | 'info' | 'warn' | 'error' {
  if (status >= 500) return isProbeRoute(route) ? 'warn' : 'error';
  return QUIET.test(route) && status < 400 ? 'debug' : 'info';
}

/**
 * Has every request logged when it is answered.
 *
 * @param knownSegments the parts of a path that the log may show
 */
export function logRequests(app: FastifyInstance, write: AnswerLog, knownSegments: ReadonlySet<string>): void {
  app.addHook('onResponse', (req, reply, done) => {
    const { state } = req;
    write({
      requestId: req.id,
      method: req.method,
      path: loggedPath(req.url, knownSegments),
      route: templateOf(req),
      status: reply.statusCode,
      elapsedMs: reply.elapsedTime,
      caller: state.caller,
      more: { ...(state.calls.length > 1 ? { calls: state.calls.slice(0, 50) } : {}), ...codesOf(req) },
    });
    done();
  });
}

/** What the log says of a request beside how it ended. */
export interface LoggedRequest extends Pick<FastifyRequest, 'method' | 'url' | 'log'> {
  readonly state: { readonly caller: Principal | null };
}

/** Who called, as far as the log says it. */
export function callerOf({ state }: Pick<LoggedRequest, 'state'>): object {
  const { caller } = state;
  if (caller === null || caller.kind === 'anonymous') return {};
  return { userId: caller.userId, ...(caller.kind === 'apiKey' ? { keyId: caller.keyId } : {}) };
}

function codesOf({ state }: FastifyRequest): object {
  const codes = [...state.codes, ...(state.code === null ? [] : [state.code])];
  return codes.length === 0 ? {} : { codes: [...new Set(codes)] };
}
