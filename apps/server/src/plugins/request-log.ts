import type { Principal } from '@promptory/api/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestState } from '../http/request-state.ts';
import { loggedPath } from '../observability/logged-path.ts';
import { type Level, type Logger, ownLines } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Of a batch, in its line. */
const MOST_CALLS = 50;
/** What asks again and again, and in development the hundreds of files of a page. */
const QUIET = /^\/(?:health\/|metrics|console\/\*)/;

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
  /** What its line says besides, where there is anything to say. */
  readonly more?: AnswerDetails | undefined;
}

/** Of the calls of a request. */
interface AnswerDetails {
  /** Their procedures. */
  readonly calls?: readonly string[];
  readonly codes?: RequestState['codes'];
}

/** All that a line says of an answer. It is not searched for credentials: nothing may stand here that somebody has sent. */
interface AnswerLine extends AnswerDetails, LoggedCaller {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
}

/** Ids. */
interface LoggedCaller {
  readonly userId?: string;
  readonly keyId?: string;
}

/** Writes the line of an answer, and measures it. */
export type AnswerLog = (answered: AnsweredRequest) => void;

/** One line and one measure for each request when it is answered: who called what, how it ended, how long it took. */
export function answerLog(options: { logger: Logger; metrics: Pick<Metrics, 'request'> }): AnswerLog {
  const { metrics } = options;
  const log = ownLines<AnswerLine>(options.logger, 'request answered');
  return ({ requestId, method, path, route, status, elapsedMs, caller, more }) => {
    metrics.request({ method, route, status, seconds: elapsedMs / 1_000, caller: caller?.kind ?? 'unknown' });
    const ms = Math.round(elapsedMs * 10) / 10;
    log(levelOf(route, status), { requestId, method, path, status, ms, ...idsOf(caller), ...more });
  };
}

function levelOf(route: string, status: number): Level {
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
      more: detailsOf(state),
    });
    done();
  });
}

/** What the log says of a request beside how it ended. */
export interface LoggedRequest extends Pick<FastifyRequest, 'method' | 'url' | 'log'> {
  readonly state: { readonly caller: Principal | null };
}

/** Who called, as far as the log says it. */
export const callerOf = ({ state }: Pick<LoggedRequest, 'state'>): LoggedCaller | undefined => idsOf(state.caller);

function idsOf(caller: Principal | null): LoggedCaller | undefined {
  if (caller === null || caller.kind === 'anonymous') return undefined;
  return caller.kind === 'apiKey' ? { userId: caller.userId, keyId: caller.keyId } : { userId: caller.userId };
}

/** Of a batch its calls, and of what failed its codes. */
function detailsOf({ calls, codes, code }: RequestState): AnswerDetails | undefined {
  if (calls.length <= 1 && codes.length === 0 && code === null) return undefined;
  return {
    ...(calls.length > 1 ? { calls: calls.slice(0, MOST_CALLS) } : {}),
    ...(codes.length === 0 && code === null ? {} : { codes: [...new Set(code === null ? codes : [...codes, code])] }),
  };
}
