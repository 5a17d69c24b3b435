import { AppError, appRouter, procedureFacts } from '@promptory/api/server';
import { type CallHooks, type ContextRequest, restRoutes, trpcWire } from '@promptory/trpc-fastify';
import { TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../http/client-address.ts';
import { appErrorOf, errorHeaders, problemOf, unforeseen } from '../http/errors/problem.ts';
import { readJson } from '../http/read-json.ts';
import type { ContextFactory } from '../http/request-context.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { inTurn } from './calls-in-turn.ts';
import { measureCalls } from './measure-calls.ts';

/** Calls in one request. Our client sends ten. */
const MAX_BATCH = 20;

/** Names of all procedures. */
export const procedurePaths: ReadonlySet<string> = new Set(procedureFacts.keys());

/** As the tRPC wire takes what an action throws: the router's formatter gives it its own code and status. */
const wireError = (known: AppError): TRPCError => new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: known });

const isStreamed = (path: string): boolean => procedureFacts.get(path)?.streams === true;

/** What is done around each call. */
export type ServedHooks = Required<Pick<CallHooks, 'beforeCall' | 'afterCall'>> & Pick<CallHooks, 'within'>;

/**
 * Every procedure, over REST at its own address and over tRPC under `/trpc`.
 * @returns what is done around each call, for who makes calls in another way
 */
export async function procedureRoutes(
  app: FastifyInstance,
  options: { createContext: ContextFactory; metrics: Metrics; tracing: Tracing | null; publicUrl: string },
): Promise<ServedHooks> {
  const { createContext, metrics, tracing, publicUrl } = options;
  const measures = measureCalls(metrics, procedurePaths);
  const hooks = tracedHooks(inTurn(measures.afterCall), tracing);

  function recordFailure(req: FastifyRequest, path: string, error: TRPCError): AppError {
    const known = appErrorOf(error);
    req.state.codes.push(known.code);
    measures.failed(path, error, known);
    const thrown = unforeseen(known);
    if (thrown !== null) req.log.error({ ...thrown, procedure: path }, 'call failed');
    Object.assign(req.state.headers, errorHeaders(known, req.id));
    return known;
  }

  await app.register(restRoutes, {
    router: appRouter,
    methodNotAllowed: false,
    parseJson: readJson,
    createContext: (request: ContextRequest) => {
      request.req.state.calls.push(request.procedure.path);
      return createContext(request, { streams: isStreamed(request.procedure.path) });
    },
    ...hooks,
    isStale: () => false,
    problem: (error, { path, req }) => problemOf(recordFailure(req, path, error), { requestId: req.id, publicUrl }),
  });
  await app.register(trpcWire, {
    prefix: '/trpc',
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    parseJson: readJson,
    refuseInBatch: (path) => procedureFacts.get(path)?.batch === false,
    errorContext: (req) => ({ requestId: req.id }),
    asCallError: (error) => (error instanceof AppError ? wireError(error) : undefined),
    createContext: async (request) => {
      const { req, info } = request;
      const ctx = await createContext(request, { streams: info.calls.some(({ path }) => isStreamed(path)) });
      for (const { path, procedure } of info.calls) {
        if (procedure !== null) {
          req.state.calls.push(path);
          continue;
        }
        // No procedure counts it; the answer is tRPC's, which is that there is none.
        await ctx.limiter.consume('anonymous', clientAddress(req));
      }
      return ctx;
    },
    ...hooks,
    onError: ({ error, path, req }) => void recordFailure(req, path ?? '', error),
  });
  return hooks;
}

/** The same hooks; where there are traces, with each call in one. */
export function tracedHooks(hooks: ServedHooks, tracing: Tracing | null): ServedHooks {
  if (tracing === null) return hooks;
  const { within, afterCall } = tracing.calls;
  return {
    ...hooks,
    within,
    afterCall(call, outcome) {
      hooks.afterCall(call, outcome);
      afterCall(call, outcome);
    },
  };
}
