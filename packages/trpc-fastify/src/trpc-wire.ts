import {
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type inferRouterContext,
  type TRPCError,
  transformTRPCResponse,
} from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { getHTTPStatusCode } from '@trpc/server/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isGone } from './disconnect.ts';
import { closeIfUnread, isJsonType, type SafeJsonParse, safeJsonParser, textOf } from './json-guard.ts';
import { refusalFromFastify, refuse } from './request-refused.ts';
import type { ContextRequest } from './rest-routes.ts';

export interface WireContextRequest extends ContextRequest {
  /** Every call of the batch; tRPC makes one context for all of them. */
  calls: ReadonlyArray<{ path: string; type: 'query' | 'mutation' | 'subscription' | 'unknown' }>;
}

export interface WireOptions<R extends AnyTRPCRouter = AnyTRPCRouter> {
  router: R;
  /** Where the wire is served, `/trpc` unless given. */
  prefix?: string;
  createContext(request: WireContextRequest): inferRouterContext<R> | Promise<inferRouterContext<R>>;
  /** Calls in one request, 50 unless given. */
  maxBatchSize?: number;
  /** Procedures that may not share a request with others, by path (`auth.login`): so that one request is one attempt. */
  refuseInBatch?(path: string): boolean;
  /** Hears every error that is answered, refusals included; not the echoes of clients that went away. */
  onError?(event: {
    error: TRPCError;
    path: string | undefined;
    input: unknown;
    ctx: inferRouterContext<R> | undefined;
    req: FastifyRequest;
  }): void;
  /** Headers that errors ask for, such as Retry-After; a streamed batch has sent its head before it has errors. */
  errorHeaders?(errors: readonly TRPCError[]): Record<string, string>;
  /** What the error formatter is given as `ctx` for refusals, which come before there is a context. */
  errorContext?(req: FastifyRequest): Partial<inferRouterContext<R>>;
  /** Bytes of a body; the app's own limit unless given. */
  bodyLimit?: number;
}

const MAX_BATCH_SIZE = 50;
const HOST = /^(?:[\w.~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * A Fastify plugin: the router on the tRPC wire, by the stock adapter behind guards that it lacks. A POST must be
 * exactly JSON (nothing a form can send), is parsed prototype-safely and at most 64 levels deep; batches are bounded;
 * other methods are 405; stacks and the messages of unexpected errors stay inside. Refusals have tRPC's error shape.
 */
export async function trpcWire(app: FastifyInstance, options: WireOptions): Promise<void> {
  const router = hardened(options.router);
  const refusal = refusalAnswer(router, options);
  const parseJson = safeJsonParser(app);
  // Fastify has already applied a prefix that was given.
  const url = `${options.prefix === undefined ? '/trpc' : ''}/*`;

  app.setErrorHandler((error, req, reply) => {
    const known = refusalFromFastify(error) ?? (isTrpcError(error) ? error : undefined);
    if (known === undefined) throw error;
    return refusal(known, req, reply);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }) },
    async (req: FastifyRequest, body: Buffer) => {
      const text = textOf(body);
      if (text !== '') parseJson(req, text);
      // tRPC parses the text itself, which is known to be safe by now.
      return text;
    },
  );

  app.route({
    method: ['GET', 'POST'],
    url,
    exposeHeadRoute: true,
    onRequest: async (req) => guard(req, options, router, parseJson),
    handler: (req, reply) => serve(req, reply, router, options),
  });
  app.route({
    method: ['PUT', 'PATCH', 'DELETE', 'TRACE'],
    url,
    onRequest: async (_req, reply) => {
      reply.header('allow', 'GET, HEAD, POST');
      throw refuse('method', 'The tRPC wire answers GET and POST.');
    },
    handler: async () => undefined,
  });
}

function isTrpcError(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === 'TRPCError';
}

function pathOf(req: FastifyRequest): string {
  return (req.params as { '*'?: string })['*'] ?? '';
}

/** The same router, without stacks, and with the message of an unexpected error replaced before its formatter runs. */
function hardened(router: AnyTRPCRouter): AnyTRPCRouter {
  const config = router._def._config;
  const format: typeof config.errorFormatter = (given) =>
    config.errorFormatter({
      ...given,
      shape:
        given.error.code === 'INTERNAL_SERVER_ERROR'
          ? { ...given.shape, message: 'Internal server error' }
          : given.shape,
    });
  return { ...router, _def: { ...router._def, _config: { ...config, isDev: false, errorFormatter: format } } };
}

/** Everything that can be judged before the body is read. Throws refusals. */
function guard(req: FastifyRequest, options: WireOptions, router: AnyTRPCRouter, parseJson: SafeJsonParse): void {
  if (req.method === 'POST' && !isJsonType(req.headers['content-type'])) {
    throw refuse('media_type', 'A tRPC call must be application/json in UTF-8.');
  }
  const query = queryOf(req);
  const path = pathOf(req);
  if (query.get('batch') === '1') {
    const paths = path.split(',');
    const most = options.maxBatchSize ?? MAX_BATCH_SIZE;
    if (paths.length > most) throw refuse('batch_too_large', `A batch may hold ${most} calls.`);
    if (paths.length > 1 && options.refuseInBatch !== undefined) {
      const separator = router._def._config.pathSeparator;
      for (const one of paths) {
        const name = separator === '.' ? one : one.split(separator).join('.');
        if (options.refuseInBatch(name)) throw refuse('batch_refused', `${name} may not be called in a batch.`);
      }
    }
  }
  const input = req.method === 'GET' ? query.get('input') : null;
  if (input !== null && input !== '') parseJson(req, input);
}

/** The query as tRPC will read it; refuses what URL and Request refuse later with an error of their own. */
function queryOf(req: FastifyRequest): URLSearchParams {
  const host = req.headers.host ?? 'localhost';
  if (HOST.test(host)) {
    try {
      const url = new URL(req.raw.url ?? '', `http://${host}`);
      if (url.username === '' && url.password === '') return url.searchParams;
    } catch {
      // Refused below, like every other URL that is none.
    }
  }
  throw refuse('malformed_url', 'The request has a malformed Host or URL.');
}

type RefusalAnswer = (error: TRPCError, req: FastifyRequest, reply: FastifyReply) => FastifyReply;

function refusalAnswer(router: AnyTRPCRouter, options: WireOptions): RefusalAnswer {
  const config = router._def._config;
  return (error, req, reply) => {
    const path = pathOf(req);
    options.onError?.({ error, path, input: undefined, ctx: undefined, req });
    closeIfUnread(req, reply);
    const ctx = options.errorContext?.(req);
    const shape = getTRPCErrorShape({ config, error, type: 'unknown', path, input: undefined, ctx });
    return reply
      .headers(options.errorHeaders?.([error]) ?? {})
      .code(getHTTPStatusCode({ error: shape }, [error]))
      .header('content-type', 'application/json')
      .send(JSON.stringify(transformTRPCResponse(config, { error: shape })));
  };
}

async function serve(
  req: FastifyRequest,
  reply: FastifyReply,
  router: AnyTRPCRouter,
  options: WireOptions,
): Promise<void> {
  // tRPC answers it without a call, by a Response, of which Fastify cannot tell the length that a HEAD says.
  if (req.method === 'HEAD') {
    await reply.code(204).send();
    return;
  }
  const vary = reply.getHeader('vary');
  await fastifyRequestHandler({
    req,
    res: reply,
    router,
    // tRPC decodes the path once more: encoded again, so that %252C is never a comma that the guard has not seen.
    path: encodeURIComponent(pathOf(req)),
    maxBatchSize: options.maxBatchSize ?? MAX_BATCH_SIZE,
    responseMeta({ errors }) {
      const headers = new Headers(errors.length > 0 ? options.errorHeaders?.(errors) : undefined);
      // The Response's own Vary would replace the one that CORS has set.
      if (vary !== undefined) headers.append('vary', String(vary));
      return { headers };
    },
    async createContext({ info }) {
      const calls = info.calls.map((call) => ({ path: call.path, type: typeOf(call.procedure) }));
      const first = calls[0] ?? { path: '', type: 'unknown' as const };
      const isMutation = first.type === 'mutation' || (first.type === 'unknown' && req.method === 'POST');
      return options.createContext({
        req,
        res: reply,
        procedure: {
          path: first.path,
          type: isMutation ? 'mutation' : 'query',
          batchIndex: 0,
          batchSize: calls.length,
        },
        calls,
      });
    },
    onError({ error, path, input, ctx }) {
      const known = getTRPCErrorFromUnknown(error);
      if (isGone(known, req, reply)) return;
      options.onError?.({ error: known, path, input, ctx, req });
    },
  });
}

function typeOf(procedure: AnyTRPCProcedure | null): WireContextRequest['calls'][number]['type'] {
  return procedure?._def.type ?? 'unknown';
}
