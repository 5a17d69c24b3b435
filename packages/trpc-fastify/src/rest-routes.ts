import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, type inferRouterContext, type TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { discardAfterAnswer, mediaTypeOf, rawBodyOf, refuseAnnouncedLength } from './body-stream.ts';
import type { Call } from './call.ts';
import { checkRestProcedures } from './check-routes.ts';
import { inputDecoder } from './decode-input.ts';
import { isGone, untilClosed } from './disconnect.ts';
import { etagOf, noneMatchHolds } from './etag.ts';
import { announcesBody, closeIfUnread, isJsonType, safeJsonParser, textOf } from './json-guard.ts';
import { allowedMethods, type RestProcedure, restProceduresOf } from './procedures.ts';
import { refusalFromFastify, refuse } from './request-refused.ts';
import { fillTemplate, type RestMeta, toRoutePath } from './rest-meta.ts';
import { addVary, chooseType, endQuietly, streamItems } from './stream-answer.ts';
import { isAsyncIterable } from './stream-of.ts';

/** For whom a context is made: on REST one call, on the tRPC wire the first of `batchSize` calls. */
export interface ContextRequest {
  req: FastifyRequest;
  res: FastifyReply;
  procedure: Pick<Call, 'path' | 'type' | 'batchIndex' | 'batchSize'>;
}

/** An RFC 9457 answer. */
export interface Problem {
  status: number;
  headers?: Record<string, string>;
  body: object;
}

export interface RestOptions<R extends AnyTRPCRouter = AnyTRPCRouter> {
  router: R;
  createContext(request: ContextRequest): inferRouterContext<R> | Promise<inferRouterContext<R>>;
  /** The host's one error table. `ctx` is missing when the failure came before or from createContext. */
  problem(error: TRPCError, at: { path: string; req: FastifyRequest; ctx?: inferRouterContext<R> }): Problem;
  /** Whether a 409 says that the version named by If-Match is no longer the latest, so a 412; any 409 unless given. */
  isStale?(error: TRPCError): boolean;
  /** Answer 405 with Allow for a known path and another method; true unless given. */
  methodNotAllowed?: boolean;
  /** Where the app has a handlerTimeout: the longest a streaming route may take, in ms; ten minutes unless given. */
  streamTimeout?: number;
}

const STREAM_TIMEOUT_MS = 600_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const;

interface RouteConfig {
  procedure?: string;
  rest?: RestMeta;
}

function configOf(req: FastifyRequest): RouteConfig {
  return req.routeOptions.config as RouteConfig;
}

/**
 * A Fastify plugin: one native route for each REST entry of the router, under the prefix it is registered with.
 * Fails to register when an entry cannot be served, naming every fault.
 */
export async function restRoutes(app: FastifyInstance, options: RestOptions): Promise<void> {
  const procedures = restProceduresOf(options.router);
  checkRestProcedures(procedures);
  const failure = failureAnswer(options);

  app.setErrorHandler((error, req, reply) => {
    const refusal = refusalFromFastify(error) ?? (isTrpcError(error) ? error : undefined);
    // Anything else was thrown by a hook of the host, whose own error handler knows it.
    if (refusal === undefined) throw error;
    failure(refusal, { path: configOf(req).procedure ?? '', req }, reply);
  });

  const parseJson = safeJsonParser(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (req: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : parseJson(req, textOf(body))),
  );
  for (const procedure of procedures) {
    if (procedure.rest.body === undefined) app.route(routeOf(app, procedure, options, failure));
  }
  if (options.methodNotAllowed !== false) refuseOtherMethods(app, options.router);

  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_req, payload, done) => done(null, payload));
    for (const procedure of procedures) {
      if (procedure.rest.body !== undefined) raw.route(routeOf(app, procedure, options, failure));
    }
  });
}

function isTrpcError(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === 'TRPCError';
}

type FailureAnswer = (
  error: TRPCError,
  at: { path: string; req: FastifyRequest; ctx?: unknown },
  reply: FastifyReply,
) => void;

function failureAnswer(options: RestOptions): FailureAnswer {
  return (error, at, reply) => {
    const { status, headers, body } = asPrecondition(
      options.problem(error, at),
      at.req,
      options.isStale?.(error) ?? true,
    );
    closeIfUnread(at.req, reply);
    if (headers !== undefined) reply.headers(headers);
    reply.code(status).header('content-type', 'application/problem+json').send(JSON.stringify(body));
  };
}

/** A conflict under If-Match is a failed precondition (RFC 9110, 13.1.1): 412, and the same code and body otherwise. */
function asPrecondition(problem: Problem, req: FastifyRequest, isStale: boolean): Problem {
  const ifMatch = req.headers['if-match'];
  const { rest } = configOf(req);
  if (
    !isStale ||
    problem.status !== 409 ||
    rest?.ifMatch === undefined ||
    ifMatch === undefined ||
    ifMatch.trim() === '*'
  ) {
    return problem;
  }
  const body: Record<string, unknown> = { ...problem.body };
  if (body.status === 409) body.status = 412;
  if (body.title === STATUS_CODES[409]) body.title = STATUS_CODES[412];
  return { ...problem, status: 412, body };
}

function routeOf(
  app: FastifyInstance,
  endpoint: RestProcedure,
  options: RestOptions,
  failure: FailureAnswer,
): RouteOptions {
  const { path, type, rest, procedure } = endpoint;
  const decode = inputDecoder(rest, endpoint.inputs);
  const answer = answerOf(app, endpoint, options);
  const long = rest.stream !== undefined || rest.body !== undefined;

  async function call(req: FastifyRequest, reply: FastifyReply): Promise<void> {
    const gone = untilClosed(reply);
    let ctx: unknown;
    let input: { value: unknown } | undefined;
    try {
      ctx = await options.createContext({ req, res: reply, procedure: { path, type, batchIndex: 0, batchSize: 1 } });
      const output = await procedure({
        ctx,
        path,
        type,
        batchIndex: 0,
        signal: gone.signal,
        input: undefined,
        // Decoded when the procedure asks, so that its guards answer before its input is looked at.
        getRawInput: async () => {
          input ??= { value: withRawBody(rest, req, decode(req)) };
          return input.value;
        },
      });
      if (!reply.sent) await answer(output, req, reply, ctx, gone.signal);
    } catch (cause) {
      if (reply.sent) return;
      const error = getTRPCErrorFromUnknown(cause);
      if (isGone(error, req, reply)) reply.code(499).send();
      else failure(error, ctx === undefined ? { path, req } : { path, req, ctx }, reply);
    } finally {
      gone.settle();
    }
  }

  const route: RouteOptions = {
    method: rest.method,
    url: toRoutePath(rest.path),
    config: { procedure: path, rest } as object,
    onRequest: bodyGuard(rest),
    // Not async: a reply is a thenable that resolves when the whole answer is written, which nobody here waits for.
    handler(req, reply) {
      call(req, reply).catch((error: unknown) => {
        if (!reply.sent) reply.send(error);
      });
    },
  };
  if (rest.method === 'GET') route.exposeHeadRoute = true;
  const { handlerTimeout = 0 } = app.initialConfig as { handlerTimeout?: number };
  if (long && handlerTimeout > 0) {
    route.handlerTimeout = options.streamTimeout ?? STREAM_TIMEOUT_MS;
  }
  return route;
}

/** Judges the content type before a byte of the body is read. */
function bodyGuard(rest: RestMeta): NonNullable<RouteOptions['onRequest']> {
  const rule = rest.body;
  if (rule !== undefined) {
    return async (req: FastifyRequest) => {
      mediaTypeOf(req, rule);
      refuseAnnouncedLength(req, rule);
    };
  }
  return (req: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
    const type = req.headers['content-type'];
    const reads = rest.method !== 'GET' && (type !== undefined || announcesBody(req));
    done(reads && !isJsonType(type) ? refuse('media_type', 'The body must be application/json in UTF-8.') : undefined);
  };
}

function withRawBody(rest: RestMeta, req: FastifyRequest, input: unknown): unknown {
  if (rest.body === undefined || typeof input !== 'object' || input === null) return input;
  if (Object.hasOwn(input, rest.body.field)) {
    throw refuse('field_conflict', `"${rest.body.field}" is the body, not a query parameter.`, rest.body.field);
  }
  return Object.assign(input, { [rest.body.field]: rawBodyOf(req, rest.body) });
}

type Answer = (
  output: unknown,
  req: FastifyRequest,
  reply: FastifyReply,
  ctx: unknown,
  signal: AbortSignal,
) => void | Promise<void>;

function answerOf(app: FastifyInstance, endpoint: RestProcedure, options: RestOptions): Answer {
  const { path, rest } = endpoint;
  const { stream } = rest;
  if (stream === undefined) {
    return (output, req, reply) => {
      closeIfUnread(req, reply);
      answerOnce(app.prefix, rest, output, req, reply);
    };
  }
  return async (output, req, reply, ctx, signal) => {
    if (!isAsyncIterable(output)) throw new Error(`${path} has rest.stream and did not return an AsyncIterable.`);
    const iterator = output[Symbol.asyncIterator]();
    const end = () => endQuietly(iterator);
    signal.addEventListener('abort', end, { once: true });
    // The first item decides between an ordinary answer to an error and a stream.
    const first = await iterator.next();
    const { type, encode } = chooseType(req.headers.accept, stream);
    reply.code(rest.status ?? 200).header('content-type', type);
    if (stream.types !== undefined) addVary(reply, 'accept');
    if (req.method === 'HEAD' || signal.aborted) {
      end();
      reply.send(Readable.from([]));
      return;
    }
    const lastLine = (cause: unknown) => {
      const { body } = options.problem(getTRPCErrorFromUnknown(cause), { path, req, ctx });
      return `${JSON.stringify({ ...body, type: 'error' })}\n`;
    };
    discardAfterAnswer(req.raw, reply.raw);
    reply.send(streamItems({ first, iterator, encode, lastLine }));
  };
}

function answerOnce(prefix: string, rest: RestMeta, output: unknown, req: FastifyRequest, reply: FastifyReply): void {
  const { orStatus } = rest;
  const status = orStatus?.when(output) === true ? orStatus.status : (rest.status ?? 200);
  reply.code(status);
  if (rest.location !== undefined && status === 201) {
    const location = fillTemplate(rest.location, output);
    if (location !== undefined) reply.header('location', prefix + location);
  }
  if (status === 204 || output === undefined) {
    reply.send();
    return;
  }
  const json = JSON.stringify(output);
  if (rest.etag !== undefined) {
    const etag = etagOf(json, output, rest.etag);
    reply.header('etag', etag);
    if (noneMatchHolds(req.headers['if-none-match'], etag)) {
      reply.code(304).send();
      return;
    }
  }
  reply.header('content-type', 'application/json; charset=utf-8').send(json);
}

function refuseOtherMethods(app: FastifyInstance, router: AnyTRPCRouter): void {
  const byShape = new Map<string, { url: string; methods: string[] }>();
  for (const [path, methods] of allowedMethods(router)) {
    const shape = path.replace(/\{[^{}]*\}/g, '{}');
    const known = byShape.get(shape);
    if (known === undefined) byShape.set(shape, { url: toRoutePath(path), methods: [...methods] });
    else known.methods.push(...methods);
  }
  for (const { url, methods } of byShape.values()) {
    const allow = methods.sort().join(', ');
    app.route({
      method: METHODS.filter((method) => !methods.includes(method)),
      url,
      exposeHeadRoute: false,
      onRequest: async (_req, reply) => {
        reply.header('allow', allow);
        throw refuse('method', `This path answers ${allow}.`);
      },
      handler: async () => undefined,
    });
  }
}
