import { TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_BATCH_BYTES } from '../call/answer-room.ts';
import { MAX_ANSWER_BYTES } from '../call/bounded-json.ts';
import { refuseAnnouncedLength } from '../http/body-stream.ts';
import { isJsonType } from '../http/content-type.ts';
import { watchDisconnect } from '../http/disconnect.ts';
import { safeJsonParser, textOf } from '../http/json-guard.ts';
import { isTrpcError, refusalFromFastify, refuse } from '../http/request-refused.ts';
import { limitTime, STREAM_TIMEOUT_MS, withoutHandlerTimeout } from '../http/time-limit.ts';
import { closeIfUnread } from '../http/unread-body.ts';
import { checkOptions } from '../plugin/check-options.ts';
import { inOwnScope } from '../plugin/own-scope.ts';
import { answerEvents, answersEvents } from './events-answer.ts';
import { answerFailure, answerRefusal, type Exchange, type Wire } from './exchange.ts';
import { hardened, isForeign } from './hardened-shape.ts';
import { answerPlainly } from './plain-answer.ts';
import { pathOf, queryOf, targetCheck } from './request-target.ts';
import { procedurePaths, requestInfo } from './requested-calls.ts';
import { answerByResolver } from './resolved-answer.ts';
import { findUpload, refuseBody, UPLOAD_TYPES, uploadType } from './upload.ts';
import type { WireOptions } from './wire-options.ts';

/** More than clients batch, and few enough that their errors fill no answer. */
const MAX_BATCH_SIZE = 1_000;
const ALLOW = 'GET, HEAD, OPTIONS, POST';

const NEEDED = {
  functions: ['createContext'],
  hooks: [
    'responseMeta',
    'onError',
    'beforeCall',
    'afterCall',
    'refuseInBatch',
    'errorHeaders',
    'errorContext',
    'asCallError',
    'isInternal',
    'parseJson',
  ],
  bounds: ['maxBatchSize', 'maxAnswerBytes', 'maxBatchBytes', 'bodyLimit', 'streamTimeout'],
  flags: ['allowBatching', 'allowMethodOverride'],
};

/**
 * A Fastify plugin: the router on the tRPC wire, in a scope of its own under its prefix. Queries and mutations, single or
 * batched, are answered natively; what streams goes through tRPC's own resolver. A POST must be exactly JSON (nothing a
 * form can send) unless its procedure asks for more, is parsed prototype-safely and at most 64 levels deep; batches are
 * bounded; other methods are 405; the messages of foreign errors stay inside. Refusals have tRPC's error shape.
 *
 * @throws Error at registration, where an option that it needs is missing
 */
export const trpcWire = inOwnScope('trpcWire', serveWire, '/trpc');

async function serveWire(app: FastifyInstance, options: WireOptions): Promise<void> {
  checkOptions('trpcWire', options, NEEDED);
  const { handlerTimeout = 0 } = app.initialConfig as { handlerTimeout?: number };
  const { isInternal = isForeign } = options;
  const wire: Wire = {
    router: hardened(options.router, isInternal),
    options,
    isInternal,
    parse: safeJsonParser(app, options.parseJson),
    maxAnswerBytes: boundOf(options.maxAnswerBytes, MAX_ANSWER_BYTES),
    maxBatchBytes: boundOf(options.maxBatchBytes, MAX_BATCH_BYTES),
    callTimeout: handlerTimeout,
    streamTimeout: options.streamTimeout ?? (handlerTimeout > 0 ? STREAM_TIMEOUT_MS : 0),
  };
  const checkTarget = targetCheck();
  const url = '/*';
  const timeout = withoutHandlerTimeout(handlerTimeout);

  app.setErrorHandler((error, req, reply) => {
    const known = refusalFromFastify(error) ?? (isTrpcError(error) ? error : undefined);
    if (known !== undefined) return answerRefusal(wire, known, req, reply, pathOf(req));
    const meant = options.asCallError?.(error);
    if (meant === undefined) throw error;
    // Of the host, which may refuse the address itself: it is not said again.
    answerRefusal(wire, meant, req, reply, undefined);
  });
  addParsers(app, options.bodyLimit);

  app.route({
    method: 'GET',
    url,
    exposeHeadRoute: false,
    ...timeout,
    onRequest(req, _reply, done) {
      checkTarget(req);
      checkBatch(wire, req);
      done();
    },
    handler: (req, reply) => serve(wire, req, reply),
  });
  app.route({
    method: 'POST',
    url,
    ...timeout,
    onRequest: async (req) => {
      checkTarget(req);
      if (!isJsonType(req.headers['content-type'])) await checkUpload(wire, req);
      checkBatch(wire, req);
    },
    handler: (req, reply) => serve(wire, req, reply),
  });
  const onRequest = async (req: FastifyRequest, reply: FastifyReply) => closeIfUnread(req, reply);
  // As tRPC's own adapters answer it: for a check that somebody is there.
  app.route({ method: 'HEAD', url, onRequest, handler: (_req, reply) => reply.code(204).send() });
  app.route({
    method: 'OPTIONS',
    url,
    // Before a body of whatever type is looked at.
    onRequest: async (req, reply) => {
      closeIfUnread(req, reply);
      return reply.code(204).header('allow', ALLOW).send();
    },
    handler: async () => undefined,
  });
  app.route({
    method: ['PUT', 'PATCH', 'DELETE', 'TRACE'],
    url,
    onRequest: async (_req, reply) => {
      reply.header('allow', ALLOW);
      throw refuse('method', 'The tRPC wire answers GET and POST.');
    },
    handler: async () => undefined,
  });
}

/** JSON as text, parsed when a procedure asks; what else is let through as it comes. */
function addParsers(app: FastifyInstance, bodyLimit: number | undefined): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', ...(bodyLimit === undefined ? {} : { bodyLimit }) },
    async (_req: FastifyRequest, body: Buffer) => textOf(body),
  );
  app.addContentTypeParser([...UPLOAD_TYPES], (_req, payload, done) => done(null, payload));
}

/** Bytes; a host may say Infinity for none. */
const boundOf = (given: number | undefined, usual: number): number => Math.min(given ?? usual, Number.MAX_SAFE_INTEGER);

/** Bounds a batch before its body is read. Throws refusals. */
function checkBatch({ router, options }: Wire, req: FastifyRequest): void {
  if (!req.raw.url?.includes('?') || queryOf(req).get('batch') !== '1') return;
  const paths = procedurePaths(router, req, true);
  const { maxBatchSize: most = MAX_BATCH_SIZE } = options;
  if (paths.length > most) throw refuse('batch_too_large', `A batch may hold ${most} calls.`);
  if (paths.length === 1 || options.refuseInBatch === undefined) return;
  for (const path of paths) {
    if (options.refuseInBatch(path)) throw refuse('batch_refused', `${path} may not be called in a batch.`);
  }
}

/** Lets a body that is not JSON through only to a procedure that asks for it. Throws refusals. */
async function checkUpload({ router }: Wire, req: FastifyRequest): Promise<void> {
  const upload = await findUpload(router, req);
  if (upload === undefined) throw refuseBody(req);
  refuseAnnouncedLength(req, upload);
}

// Not async: a reply is a thenable that resolves when the whole answer is written, which nobody here waits for.
function serve(wire: Wire, req: FastifyRequest, reply: FastifyReply): void {
  const exchange: Exchange = { wire, req, reply, disconnect: watchDisconnect(reply), answered: false, ctx: undefined };
  let info: TRPCRequestInfo | undefined;
  const found = (known: TRPCRequestInfo): Promise<void> => {
    info = known;
    return answer(exchange, known);
  };
  const answered = uploadType(req) === undefined ? answerCalls(exchange, found) : answerUpload(exchange);
  answered.catch((cause: unknown) => {
    if (exchange.answered || reply.sent) return;
    try {
      answerFailure(exchange, cause, info);
    } catch (error) {
      // The host's formatter or responseMeta throws: its own error handler knows.
      reply.send(error);
    }
  });
}

async function answerCalls(exchange: Exchange, found: (info: TRPCRequestInfo) => Promise<void>): Promise<void> {
  const { wire, req, disconnect } = exchange;
  const info = requestInfo(wire.router, req, { parse: wire.parse, signal: disconnect.signal });
  return found(info instanceof Promise ? await info : info);
}

function answer(exchange: Exchange, info: TRPCRequestInfo): Promise<void> {
  const { options, callTimeout, streamTimeout } = exchange.wire;
  if (info.isBatchCall && options.allowBatching === false) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Batching is not enabled on the server' });
  }
  const streams = info.accept === 'application/jsonl';
  if (streams && !info.isBatchCall) {
    const message = 'Streaming requests must be batched (you can do a batch of 1)';
    throw new TRPCError({ code: 'BAD_REQUEST', message });
  }
  if (info.type === 'subscription' && !info.isBatchCall) {
    return answersEvents(exchange, info) ? answerEvents(exchange, info) : answerByResolver(exchange, info.calls);
  }
  endAfter(exchange, { limit: streams ? streamTimeout : callTimeout, streams });
  return streams ? answerByResolver(exchange, info.calls) : answerPlainly(exchange, info);
}

async function answerUpload(exchange: Exchange): Promise<void> {
  const { wire, req } = exchange;
  endAfter(exchange, { limit: wire.streamTimeout, streams: true });
  const upload = await findUpload(wire.router, req);
  // Found a moment ago, before the body was let through.
  if (upload === undefined) throw refuseBody(req);
  return answerByResolver(exchange, [upload.call], upload.limit);
}

function endAfter(exchange: Exchange, time: { limit: number; streams: boolean }): void {
  const { wire, req, reply, disconnect } = exchange;
  limitTime(
    { reply, disconnect, ...time },
    {
      isAnswered: () => exchange.answered || reply.sent,
      beginNoMore: () => exchange.batch?.beginNoMore(),
      answer(refusal) {
        if (exchange.batch !== undefined) {
          exchange.batch.end(refusal);
          return;
        }
        exchange.answered = true;
        answerRefusal(wire, refusal, req, reply, pathOf(req));
      },
    },
  );
}
