import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { ConnectionEvents } from '../http/connections/connections.ts';
import { loggedPath } from '../observability/logged-path.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { callerOf, type LoggedRequest } from './request-log.ts';

const REFUSALS_EVERY_MS = 60_000;

/** True once a minute. */
function nowAndThen(): () => boolean {
  let saidAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    const isDue = now - saidAt >= REFUSALS_EVERY_MS;
    if (isDue) saidAt = now;
    return isDue;
  };
}

export interface ConnectionLog extends ConnectionEvents {
  /** Notes each request of an app. */
  remember(app: FastifyInstance): void;
  /** Notes one that no route answers. */
  answers(socket: Socket, request: LoggedRequest): void;
}

/**
 * A line and a count for each connection that is cut, with the request whose answer nobody took; of connections that are
 * refused or make way a line a minute at most, since whoever opens a thousand could fill the log as well.
 *
 * @param options.knownSegments the parts of a path that the log may show
 */
export function connectionLog(options: {
  logger: Logger;
  metrics: Metrics;
  knownSegments: ReadonlySet<string>;
}): ConnectionLog {
  const { logger, metrics, knownSegments } = options;
  const answered = new WeakMap<Socket, LoggedRequest>();
  const sayPlaces = nowAndThen();
  const sayRefusals = nowAndThen();
  return {
    remember(app) {
      app.addHook('onRequest', (req, _reply, done) => {
        answered.set(req.raw.socket, req);
        done();
      });
    },
    answers: (socket, request) => void answered.set(socket, request),
    onCut(socket, { reason, unreadBytes, waitedMs }) {
      metrics.connectionCut(reason);
      // Whoever opens them can have as many end as they like.
      if (reason === 'place' && !sayPlaces()) return;
      const req = answered.get(socket);
      const about = req === undefined ? {} : { method: req.method, path: loggedPath(req.url, knownSegments) };
      const who = req === undefined ? {} : callerOf(req);
      (req?.log ?? logger).warn({ ...about, reason, unreadBytes, waitedMs, ...who }, 'connection cut');
    },
    onRefused() {
      metrics.connectionCut('refused');
      if (!sayRefusals()) return;
      logger.warn({}, 'connections are refused: as many are open as may be, in all or from one address');
    },
  };
}
