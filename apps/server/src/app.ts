import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import cookie from '@fastify/cookie';
import { AppError, appRouter, type Context, type Services } from '@promptory/api/server';
import { newId } from '@promptory/db';
import { type Call, type ContextRequest, type Outcome, restRoutes, trpcWire } from '@promptory/trpc-fastify';
import type { TRPCError } from '@trpc/server';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { badConnection } from './http/errors/bad-connection.ts';
import { appErrorOf, errorHeaders, problemOf } from './http/errors/problem.ts';
import { clientAddress } from './http/client-address.ts';
import { idempotencyKeyOf } from './http/idempotency-header.ts';
import { holdsApiKey } from './plugins/key-in-address.ts';
import { findPrincipal, isStillCaller } from './http/principal.ts';
import { trustedOrigins } from './http/request-origin.ts';
import { noteVisits } from './http/request-state.ts';
import { sessionCookie } from './http/session-cookie.ts';
import { loggedPath } from './observability/logged-path.ts';
import { type Logger, withoutSecrets } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import { docsRoutes } from './routes/pages/docs.ts';
import { mailLinkPages } from './routes/pages/mail-link-pages.ts';
import { crossOrigin } from './plugins/cross-origin.ts';
import { endStreams } from './plugins/end-streams.ts';
import { healthRoutes } from './routes/health.ts';
import { rememberPaths } from './routes/known-paths.ts';
import { metricsRoute } from './routes/metrics-route.ts';
import { isProbe, logRequests } from './plugins/request-log.ts';
import { plainHeaders, securityHeaders } from './plugins/security-headers.ts';
import { type CountingLimiter, limiterOf } from './services/limiter.ts';

const BODY_BYTES = 1_048_576;
const HEADER_BYTES = 16_384;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const HANDLER_MS = 15_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_PARAM_LENGTH = 500;
const DRAINED_BYTES = 65_536;
/** Calls in one request. Our client sends ten. */
const MAX_BATCH = 20;

export interface AppOptions {
  /** The limiter in it is not used: each request gets one of its own, over `limiter`. */
  readonly services: Services;
  readonly limiter: CountingLimiter;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whether requests may come; answers within a second and does not throw. */
  isReady(): Promise<boolean>;
  readonly corsOrigins: readonly string[];
  /** Further origins that are ours, such as 127.0.0.1 beside localhost in development. */
  readonly ownOrigins?: readonly string[];
  /** Networks of proxies whose X-Forwarded-For counts. */
  readonly trustProxy: readonly string[];
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly metricsToken: string | null;
  /** Whether `/metrics` answers without a token. */
  readonly openMetrics: boolean;
}

/** The whole app, ready for `listen` or `inject`. It opens nothing and keeps no state outside itself. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { services, limiter, logger, metrics, tls } = options;
  const { publicUrl } = services.settings;
  const secure = tls !== null || publicUrl.startsWith('https:');
  const trusted = trustedOrigins(publicUrl, options.corsOrigins, options.ownOrigins);

  const loggerInstance: FastifyBaseLogger = logger;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    bodyLimit: BODY_BYTES,
    handlerTimeout: HANDLER_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A request that was accepted is served, also while the server closes.
    return503OnClosing: false,
    serverFactory: (handler): Server => {
      const settings = {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: 2_000,
      };
      return tls === null ? createServer(settings, handler) : createTlsServer({ ...settings, ...tls }, handler);
    },
    clientErrorHandler: badConnection(publicUrl, plainHeaders({ secure })),
    // No route, so no hook and no decoration: it is answered on the bare response.
    frameworkErrors: (error, req, reply) => {
      const { status, headers, body } = problemOf(appErrorOf(error), { requestId: req.id, publicUrl });
      req.log.info({ method: req.method, path: loggedPath(req.url, paths.words), status }, 'request refused');
      const type = { 'content-type': 'application/problem+json', 'x-request-id': req.id };
      reply.raw.writeHead(status, { ...plainHeaders({ secure }), ...headers, ...type });
      reply.raw.end(JSON.stringify(body));
    },
  });

  function answerProblem(error: unknown, req: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = appErrorOf(error);
    req.visit.code = known.code;
    if (known.status >= 500 && !isProbe(req)) req.log.error({ err: known.cause ?? known }, 'request failed');
    const { status, headers = {}, body } = problemOf(known, { requestId: req.id, publicUrl });
    if (hasUnreadBody(req)) reply.header('connection', 'close');
    return reply.code(status).headers(headers).type('application/problem+json').send(JSON.stringify(body));
  }

  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  // Else a connection whose last request was answered meanwhile would stay open, and the server with it.
  app.addHook('onSend', async (_req, reply, payload) => {
    if (closing) reply.header('connection', 'close');
    return payload;
  });

  noteVisits(app);
  const paths = rememberPaths(app, procedurePaths);
  await securityHeaders(app, { secure });
  await crossOrigin(app, { origins: options.corsOrigins });
  await app.register(cookie);
  logRequests(app, { metrics, words: paths.words });
  endStreams(app, { isStill: (caller, req) => isStillCaller(services, req, caller) });

  async function answerUnknown(req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { allowed, retryAfterSeconds } = await requestLimiter(req).consume('anonymous', clientAddress(req));
    if (!allowed) throw new AppError('limit.exceeded', { retryAfterSeconds, extra: { limit: 'anonymous' } });
    const methods = paths.methodsAt(req.url);
    if (methods.length === 0) throw new AppError('route.not_found');
    reply.header('allow', methods.join(', '));
    if (req.method === 'OPTIONS') return reply.code(204).send();
    throw new AppError('request.method_not_allowed');
  }

  // Before any body is read: what nobody will answer is refused at once.
  app.addHook('onRequest', async (req, reply) => {
    if (holdsApiKey(req.url)) {
      throw new AppError('request.malformed', { message: 'An API key belongs in a header, never in an address.' });
    }
    if (req.is404) await answerUnknown(req, reply);
  });
  app.setNotFoundHandler(answerUnknown);
  app.setErrorHandler(answerProblem);

  const requestLimiter = (req: FastifyRequest) =>
    limiterOf(limiter, (headers) => Object.assign(req.visit.headers, headers));

  async function createContext({ req, res, procedure }: ContextRequest): Promise<Context> {
    const { visit } = req;
    visit.principal ??= findPrincipal(services, req, trusted);
    visit.caller = await visit.principal;
    return {
      ...services,
      limiter: requestLimiter(req),
      principal: visit.caller,
      requestId: req.id,
      client: { ip: clientAddress(req), userAgent: userAgentOf(req) },
      cookie: sessionCookie(req, res, trusted),
      idempotencyKey: idempotencyKeyOf(req, procedure.batchSize),
    };
  }

  const measured = new WeakSet<TRPCError>();

  function measureCall({ path }: Call, { error, durationMs }: Outcome): void {
    if (error !== undefined) measured.add(error);
    const left = error?.code === 'CLIENT_CLOSED_REQUEST';
    metrics.call(path, error === undefined ? 'ok' : left ? 'gone' : appErrorOf(error).code, durationMs / 1_000);
  }

  function noteFailure(req: FastifyRequest, path: string, error: TRPCError): AppError {
    const known = appErrorOf(error);
    req.visit.codes.push(known.code);
    // Refused before it was a call: by a door, or because there is no context to call in.
    if (!measured.has(error)) metrics.call(isProcedure(path) ? path : 'unknown', known.code);
    if (known.status >= 500) req.log.error({ err: known.cause ?? known, procedure: path }, 'call failed');
    Object.assign(req.visit.headers, errorHeaders(known));
    return known;
  }

  await app.register(restRoutes, {
    router: appRouter,
    methodNotAllowed: false,
    createContext: (request: ContextRequest) => {
      request.req.visit.calls.push(request.procedure.path);
      return createContext(request);
    },
    afterCall: measureCall,
    isStale: (error) => appErrorOf(error).code === 'prompt.version_conflict',
    problem: (error, { path, req }) => problemOf(noteFailure(req, path, error), { requestId: req.id, publicUrl }),
  });
  await app.register(trpcWire, {
    prefix: '/trpc',
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    refuseInBatch: (path) => path.startsWith('auth.'),
    errorContext: (req) => ({ requestId: req.id }),
    createContext: async (request) => {
      const { req, info } = request;
      const ctx = await createContext(request);
      for (const { path, procedure } of info.calls) {
        if (procedure !== null) {
          req.visit.calls.push(path);
          continue;
        }
        // No procedure counts it; the answer is tRPC's, which is that there is none.
        await ctx.limiter.consume('anonymous', clientAddress(req));
      }
      return ctx;
    },
    afterCall: measureCall,
    onError: ({ error, path, req }) => void noteFailure(req, path ?? '', error),
  });
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
  await docsRoutes(app, { publicUrl });
  await mailLinkPages(app);
  return app;
}

/** Kept with sessions and attempts, where no credential is to rest. */
function userAgentOf({ headers }: FastifyRequest): string | null {
  const named = headers['user-agent'];
  return named === undefined ? null : withoutSecrets(named).slice(0, 512);
}

const procedurePaths: ReadonlySet<string> = new Set(Object.keys(appRouter._def.procedures));
const isProcedure = (path: string): boolean => procedurePaths.has(path);

/** A body that nobody will read, and too long to be let through: its connection ends with the answer. */
function hasUnreadBody({ raw }: FastifyRequest): boolean {
  if (raw.complete) return false;
  return (
    raw.headers['transfer-encoding'] !== undefined || !(Number(raw.headers['content-length'] ?? 0) <= DRAINED_BYTES)
  );
}
