import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { callWithHooks } from '../call/call-hooks.ts';
import { callProcedure } from '../call/call-procedure.ts';
import { rawBodyOf } from '../http/body-stream.ts';
import { isDisconnectError, watchDisconnect } from '../http/disconnect.ts';
import { safeJsonParser, textOf } from '../http/json-guard.ts';
import { isTrpcError, refusalFromFastify, refuse } from '../http/request-refused.ts';
import { limitTime, STREAM_TIMEOUT_MS, withoutHandlerTimeout } from '../http/time-limit.ts';
import { checkOptions } from '../plugin/check-options.ts';
import { inOwnScope } from '../plugin/own-scope.ts';
import { checkRestProcedures } from '../router/check-routes.ts';
import { type RestProcedure, restProceduresOf } from '../router/procedures.ts';
import { type RestMeta, toRoutePath } from '../router/rest-meta.ts';
import { inputDecoder } from './decode-input.ts';
import { answerOf } from './rest-answer.ts';
import { configOf, type FailureAnswer, failureAnswer } from './rest-failure.ts';
import { restGuard } from './rest-guard.ts';
import { restMethods } from './rest-methods.ts';
import type { RestOptions } from './rest-options.ts';

const NEEDED = {
  functions: ['createContext', 'problem'],
  hooks: ['beforeCall', 'afterCall', 'isStale', 'parseJson'],
  bounds: ['maxAnswerBytes', 'streamTimeout'],
  flags: ['methodNotAllowed'],
};

/**
 * A Fastify plugin: one native route for each REST entry of the router, in a scope of its own under its prefix.
 *
 * @throws Error at registration, where an option is missing or an entry cannot be served, naming every fault
 */
export const restRoutes = inOwnScope('restRoutes', serveRest);

async function serveRest(app: FastifyInstance, options: RestOptions): Promise<void> {
  checkOptions('restRoutes', options, NEEDED);
  const procedures = restProceduresOf(options.router);
  checkRestProcedures(procedures);
  const failure = failureAnswer(options);

  app.setErrorHandler((error, req, reply) => {
    const refusal = refusalFromFastify(error) ?? (isTrpcError(error) ? error : undefined);
    // Anything else was thrown by a hook of the host, whose own error handler knows it.
    if (refusal === undefined) throw error;
    failure(refusal, { path: configOf(req).procedure ?? '', req }, reply);
  });

  const parseJson = safeJsonParser(app, options.parseJson);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (req: FastifyRequest, body: Buffer) => (body.length === 0 ? undefined : parseJson(req, textOf(body))),
  );
  for (const procedure of procedures) {
    if (procedure.rest.body === undefined) app.route(routeOf(app, procedure, options, failure));
  }
  restMethods(app, procedures, { refuseOthers: options.methodNotAllowed !== false });

  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_req, payload, done) => done(null, payload));
    for (const procedure of procedures) {
      if (procedure.rest.body !== undefined) raw.route(routeOf(app, procedure, options, failure));
    }
  });
}

function routeOf(
  app: FastifyInstance,
  endpoint: RestProcedure,
  options: RestOptions,
  failure: FailureAnswer,
): RouteOptions {
  const { path, type, rest, procedure } = endpoint;
  const decode = inputDecoder(rest, endpoint.inputs, endpoint.events !== undefined);
  const answer = answerOf(app.prefix, endpoint, options);
  const { handlerTimeout = 0 } = app.initialConfig as { handlerTimeout?: number };
  const long = handlerTimeout > 0 && (rest.stream !== undefined || rest.body !== undefined);
  const limit = long ? (options.streamTimeout ?? STREAM_TIMEOUT_MS) : handlerTimeout;

  async function call(req: FastifyRequest, reply: FastifyReply): Promise<void> {
    const disconnect = watchDisconnect(reply);
    // Not reply.sent: that is false until an answer has been written to its end.
    let answeredBy: 'nobody' | 'call' | 'timer' = 'nobody';
    const mayAnswer = () => answeredBy !== 'timer' && !reply.sent;
    const begin = () => {
      if (!mayAnswer()) return false;
      answeredBy = 'call';
      return true;
    };
    const answerLate = (refusal: TRPCError) => {
      answeredBy = 'timer';
      failure(refusal, { path, req }, reply);
    };
    const endTime = limitTime(
      { reply, disconnect, limit, streams: rest.stream !== undefined },
      { isAnswered: () => answeredBy !== 'nobody' || reply.sent, answer: answerLate },
    );
    let ctx: unknown;
    let input: { value: unknown } | undefined;
    try {
      ctx = await options.createContext({ req, res: reply, procedure: { path, type, batchIndex: 0, batchSize: 1 } });
      // By the time limit or by the host itself: nobody waits for this call.
      if (!mayAnswer()) return;
      const run = async () => {
        const output = await callProcedure(procedure, {
          ctx,
          path,
          type,
          batchIndex: 0,
          signal: disconnect.signal,
          input: undefined,
          // Decoded when the procedure asks, so that its guards answer before its input is looked at.
          getRawInput: async () => {
            input ??= { value: withRawBody(rest, req, decode(req)) };
            return input.value;
          },
        });
        return answer.write(output);
      };
      const written = await callWithHooks(
        options,
        { req, res: reply, ctx, path, type, batchIndex: 0, batchSize: 1 },
        run,
      );
      if (mayAnswer()) await answer.send(written, { req, reply, ctx, signal: disconnect.signal, begin });
    } catch (cause) {
      if (!begin()) return;
      const error = getTRPCErrorFromUnknown(cause);
      if (isDisconnectError(error, req, reply)) reply.code(499).send();
      else failure(error, ctx === undefined ? { path, req } : { path, req, ctx }, reply);
    } finally {
      disconnect.settle();
      if (rest.stream === undefined) endTime();
      // For as long as its client stays, nothing of the call is kept for it.
      if (endpoint.events !== undefined) disconnect.release();
    }
  }

  return {
    method: rest.method === 'GET' ? ['GET', 'HEAD'] : rest.method,
    url: toRoutePath(rest.path),
    config: { procedure: path, rest } as object,
    ...withoutHandlerTimeout(handlerTimeout),
    onRequest: restGuard(endpoint),
    // Not async: a reply is a thenable that resolves when the whole answer is written, which nobody here waits for.
    handler(req, reply) {
      call(req, reply).catch((error: unknown) => {
        if (!reply.sent) reply.send(error);
      });
    },
  };
}

function withRawBody(rest: RestMeta, req: FastifyRequest, input: unknown): unknown {
  if (rest.body === undefined || typeof input !== 'object' || input === null) return input;
  if (Object.hasOwn(input, rest.body.field)) {
    throw refuse('field_conflict', `"${rest.body.field}" is the body, not a query parameter.`, rest.body.field);
  }
  return Object.assign(input, { [rest.body.field]: rawBodyOf(req, rest.body) });
}
