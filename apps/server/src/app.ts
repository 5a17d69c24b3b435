import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import { AppError, type ListenToChanges, noMemory, type Principal, type Services } from '@promptory/api/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isStillAuthenticated } from './http/caller/find-principal.ts';
import { createKnownCredentials } from './http/caller/known-credentials.ts';
import type { RequestTurns } from './http/caller/request-turns.ts';
import { createVerifiedTokens } from './http/caller/verified-tokens.ts';
import { addressesBehind } from './http/client-address.ts';
import { boundConnections } from './http/connections/connections.ts';
import { createFastify } from './http/create-fastify.ts';
import { requestLimiter } from './http/rate-limit-headers.ts';
import { contextFactory } from './http/request-context.ts';
import { originsOf } from './http/request-origin.ts';
import { addRequestState, sendCollectedHeaders } from './http/request-state.ts';
import { serveCallers } from './http/served-caller.ts';
import type { Logger } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import { answerErrors } from './plugins/answer-errors.ts';
import { boundBodies } from './plugins/bounded-bodies.ts';
import { boundAnswers, boundPlaces } from './plugins/bounded-memory.ts';
import { connectionLog } from './plugins/connection-log.ts';
import { crossOrigin } from './plugins/cross-origin.ts';
import { createEnding } from './plugins/end-connections.ts';
import { endEvents } from './plugins/end-events.ts';
import { endStreams } from './plugins/end-streams.ts';
import { refuseKeysInAddresses } from './plugins/key-in-address.ts';
import { createRefusalPace, paceRefusals, type RefusalPace } from './plugins/pace-refusals.ts';
import { answerLog, logRequests } from './plugins/request-log.ts';
import { apiHeaders, plainHeaders, securityHeaders } from './plugins/security-headers.ts';
import { answerRemembered } from './remembered/answer-remembered.ts';
import { logRemembered } from './remembered/log-remembered.ts';
import { bundleKeys } from './routes/bundle-keys.ts';
import { readConsole } from './routes/console/built-console.ts';
import { consoleRoutes } from './routes/console/console-routes.ts';
import { type LiveConsole, liveConsoleRoutes } from './routes/console/live-console-routes.ts';
import { healthRoutes } from './routes/health.ts';
import { knownPaths } from './routes/known-paths.ts';
import { metricsRoute } from './routes/metrics-route.ts';
import { docsRoutes } from './routes/pages/docs.ts';
import { pageCalls } from './routes/people/page-calls.ts';
import { peoplePages } from './routes/people/people-pages.ts';
import { procedurePaths, procedureRoutes } from './routes/procedures.ts';
import { unknownRoutes } from './routes/unknown-routes.ts';
import type { CallGates } from './services/call-gate.ts';
import type { CountingLimiter } from './services/limiter.ts';
import type { ConnectionBounds } from './settings/bounds/connections.ts';
import type { Tracing } from './tracing/tracing.ts';

export interface AppOptions {
  /** The limiter in it is not used: each request gets one of its own, over `limiter`. */
  readonly services: Services;
  readonly limiter: CountingLimiter;
  readonly gates: CallGates;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** None unless given. */
  readonly tracing?: Tracing | null;
  /** To what others change; null where this process is told of nothing. */
  readonly listen?: ListenToChanges | null;
  /** Whether requests may come; answers within a second and does not throw. */
  isReady(): Promise<boolean>;
  /** Aborted some time before it is closed, while callers still come who do not know of it: each answer ends its connection then. */
  readonly stopping?: AbortSignal;
  readonly corsOrigins: readonly string[];
  /** Further origins that are ours, such as 127.0.0.1 beside localhost in development. */
  readonly ownOrigins?: readonly string[];
  /** Whether pages of this machine may call from whatever port, as in development. */
  readonly localPages?: boolean;
  /** Networks of proxies whose X-Forwarded-For counts. */
  readonly trustProxy: readonly string[];
  /** What connections may take of this process. */
  readonly connections: ConnectionBounds;
  /** How fast who is beyond a limit is answered; a hundred times a second unless given. */
  readonly refusalPace?: RefusalPace;
  /** How long a call may take, in milliseconds; fifteen seconds unless given. */
  readonly callTimeoutMs?: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly metricsToken: string | null;
  /** Whether `/metrics` answers without a token. */
  readonly openMetrics: boolean;
  /** Where the web console lies, once it is built; without it there is none. */
  readonly consoleFolder?: string;
  /** The console from its sources, in place of the built one. */
  readonly liveConsole?: LiveConsole | null;
}

/** The whole app, ready for `listen` or `inject`. It opens nothing and keeps no state outside itself. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { services, logger, metrics, tls, trustProxy, corsOrigins, tracing = null } = options;
  const { publicUrl } = services.settings;
  const secure = tls !== null || publicUrl.startsWith('https:');
  const { localPages = false, ownOrigins = [], liveConsole = null } = options;
  const own = [new URL(publicUrl).origin, ...ownOrigins] as const;
  const trusted = originsOf([...own, ...corsOrigins], { localPages });
  const paths = knownPaths(procedurePaths);
  const { knownSegments } = paths;
  const limiterOf = (req: FastifyRequest) =>
    requestLimiter(options.limiter, req.id, (headers) => Object.assign(req.state.headers, headers));

  const log = connectionLog({ logger, metrics, knownSegments });
  const logAnswer = answerLog({ logger, metrics });
  const known = createKnownCredentials();
  const tokens = createVerifiedTokens();
  const turns = new WeakMap<IncomingMessage, RequestTurns>();
  const ending = createEnding(options.stopping);
  const connections = boundConnections(options.connections, trustProxy, log);
  metrics.watchConnections(connections.counts);

  const app = createFastify({
    logger,
    connections,
    before: (routes) =>
      services.memory === noMemory
        ? routes
        : answerRemembered(
            {
              services,
              limiter: options.limiter,
              gate: options.gates.calls,
              known,
              tokens,
              turns,
              connections,
              metrics,
              addressOf: addressesBehind(trustProxy),
              isClosing: () => ending.isClosing,
              headers: apiHeaders({ secure }),
              logAnswer: logRemembered({ logger, write: logAnswer, connectionLog: log, tracing }),
            },
            routes,
          ),
    trustProxy,
    tls,
    callTimeoutMs: options.callTimeoutMs,
    mayUpgrade: liveConsole?.asksForUpdates,
    publicUrl,
    plainHeaders: plainHeaders({ secure }),
    knownSegments,
  });

  // Hooks run in this order: what every answer carries, then what is refused before a route is asked.
  ending.endConnections(app, connections);
  addRequestState(app);
  sendCollectedHeaders(app);
  tracing?.requests(app);
  paths.remember(app);
  securityHeaders(app, { secure });
  await crossOrigin(app, { allowed: originsOf(corsOrigins, { localPages }), trusted, logger });
  await app.register(cookie);
  log.remember(app);
  logRequests(app, logAnswer, knownSegments);
  const stillIn = (caller: Principal, req: FastifyRequest) => isStillAuthenticated(services, req, caller);
  endStreams(app, { isStillAuthenticated: stillIn });
  endEvents(app, { isStillAuthenticated: stillIn, listen: options.listen ?? null });
  paceRefusals(app, options.refusalPace ?? createRefusalPace(), connections);
  boundPlaces(app, connections);
  boundAnswers(app, connections);
  refuseKeysInAddresses(app);
  if (liveConsole !== null) liveConsoleRoutes(app, liveConsole);
  else consoleRoutes(app, options.consoleFolder === undefined ? null : await readConsole(options.consoleFolder));
  unknownRoutes(app, { paths, limiterOf });
  boundBodies(app, { services, connections, limiterOf, trusted });
  serveCallers(app);
  answerErrors(app, { publicUrl });

  const createContext = contextFactory({
    services,
    gates: options.gates,
    known,
    tokens,
    connections,
    begun: turns,
    limiterOf,
    origins: { trusted, own },
  });
  const callHooks = await procedureRoutes(app, { createContext, metrics, tracing, publicUrl });
  await healthRoutes(app, {
    isReady: () => options.isReady(),
    notReady: () => new AppError('server.unavailable', { message: 'The server is not ready to serve.' }),
  });
  await metricsRoute(app, {
    metrics,
    token: options.metricsToken,
    open: options.openMetrics,
    notFound: () => new AppError('route.not_found'),
  });
  await bundleKeys(app, services);
  await docsRoutes(app, { publicUrl });
  await peoplePages(app, { services, call: pageCalls(createContext, callHooks), limiterOf, trusted });
  return app;
}
