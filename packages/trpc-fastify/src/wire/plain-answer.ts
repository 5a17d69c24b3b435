import { getTRPCErrorFromUnknown, TRPCError, transformTRPCResponse } from '@trpc/server';
import { getHTTPStatusCode, type TRPCRequestInfo } from '@trpc/server/http';
import { callWithHooks } from '../call/call-hooks.ts';
import { callProcedure } from '../call/call-procedure.ts';
import { endQuietly } from '../http/stream-answer.ts';
import { isAsyncIterable } from '../router/stream-of.ts';
import { answerFailure, answerHead, contextOf, type Exchange, report, sendAnswer, shapeOf } from './exchange.ts';
import { withHardenedShape } from './hardened-shape.ts';
import type { RequestedCall } from './requested-calls.ts';

type Outcome = { data: unknown; error?: undefined } | { error: TRPCError };

const METHODS = { query: ['GET'], mutation: ['POST'], subscription: ['GET'] };
const METHODS_WITH_OVERRIDE = { query: ['GET', 'POST'], mutation: ['POST'], subscription: ['GET', 'POST'] };

/** Runs queries or mutations, one or a batch of them, and answers when all are done; nothing of it streams. */
export async function answerPlainly(exchange: Exchange, info: TRPCRequestInfo): Promise<void> {
  let failure: TRPCError | undefined;
  try {
    exchange.ctx = await contextOf(exchange, info);
  } catch (cause) {
    failure = getTRPCErrorFromUnknown(cause);
  }
  // By the time limit or by the host itself: nobody waits for these calls.
  if (exchange.answered || exchange.reply.sent) return;
  const [first] = info.calls;
  const outcomes =
    info.calls.length === 1 && first !== undefined
      ? [await run(exchange, info, first, failure)]
      : await Promise.all(info.calls.map((call) => run(exchange, info, call, failure)));
  if (exchange.answered || exchange.reply.sent) {
    for (const outcome of outcomes) if (outcome.error === undefined) abandon(outcome.data);
    return;
  }
  try {
    answer(exchange, info, outcomes.map(withoutStream));
  } catch (cause) {
    // An output or an error shape that JSON cannot say.
    answerFailure(exchange, cause, info);
  }
}

async function run(
  exchange: Exchange,
  info: TRPCRequestInfo,
  call: RequestedCall,
  contextFailure: TRPCError | undefined,
): Promise<Outcome> {
  const { procedure, path, batchIndex, getRawInput } = call;
  const { wire, req, reply, disconnect, ctx } = exchange;
  const { options } = wire;
  try {
    if (procedure === null) {
      throw new TRPCError({ code: 'NOT_FOUND', message: `No procedure found on path "${path}"` });
    }
    const { type } = procedure._def;
    const methods = (options.allowMethodOverride === true ? METHODS_WITH_OVERRIDE : METHODS)[type];
    if (!methods.includes(req.method)) {
      reply.header('allow', methods.join(', '));
      throw new TRPCError({
        code: 'METHOD_NOT_SUPPORTED',
        message: `Unsupported ${req.method}-request to ${type} procedure at path "${path}"`,
      });
    }
    if (type === 'subscription') {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'Cannot batch subscription calls' });
    }
    if (contextFailure !== undefined) throw contextFailure;
    const args = { path, getRawInput, ctx, type, signal: disconnect.signal, batchIndex, input: undefined };
    if (options.beforeCall === undefined && options.afterCall === undefined) {
      return { data: await callProcedure(procedure, args) };
    }
    const observed = { req, res: reply, ctx, path, type, batchIndex, batchSize: info.calls.length };
    return { data: await callWithHooks(options, observed, () => callProcedure(procedure, args)) };
  } catch (cause) {
    const error = withHardenedShape(wire, cause);
    report(exchange, error, { ...placeOf(call), input: call.result() });
    return { error };
  }
}

function answer(exchange: Exchange, info: TRPCRequestInfo, outcomes: readonly Outcome[]): void {
  const [only] = outcomes;
  const unstreamed = only?.error;
  // tRPC reports a lone call that would stream as a failure of the request, without its path.
  if (!info.isBatchCall && unstreamed !== undefined && unstreamed.cause instanceof CannotStream) throw unstreamed;
  const responses = outcomes.map((outcome, index) => {
    if (outcome.error === undefined) return { result: { data: outcome.data } };
    const call = info.calls[index];
    return { error: shapeOf(exchange, outcome.error, { ...placeOf(call), input: call?.result() }) };
  });
  const failures = outcomes.map(({ error }) => error);
  const errors = failures.filter((error) => error !== undefined);
  const status = errors.length === 0 ? 200 : getHTTPStatusCode(responses, failures);
  const config = exchange.wire.router._def._config;
  const { output } = config.transformer;
  // As transformTRPCResponse does, which copies an answer property by property; most answers are outputs.
  const written = responses.map((response) =>
    response.error === undefined
      ? { result: { data: output.serialize(response.result?.data) } }
      : transformTRPCResponse(config, response),
  );
  const json = JSON.stringify(info.isBatchCall || written.length !== 1 ? written : written[0]);
  sendAnswer(exchange, answerHead(exchange, info, responses, errors, status), json);
}

function placeOf(call: RequestedCall | undefined): { type: TRPCRequestInfo['type']; path: string | undefined } {
  return { type: call?.procedure?._def.type ?? 'unknown', path: call?.path };
}

class CannotStream extends Error {}

function withoutStream(outcome: Outcome): Outcome {
  if (outcome.error !== undefined || !abandon(outcome.data)) return outcome;
  const message = 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink';
  return { error: new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message, cause: new CannotStream(message) }) };
}

/** Whether an output would have to stream, itself or by one of its values; if so, ends what nobody will read. */
function abandon(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  if (isAsyncIterable(data)) {
    endUnread(data);
    return true;
  }
  let streams = false;
  for (const value of Object.values(data)) {
    if (isAsyncIterable(value)) endUnread(value);
    else if (isPromise(value)) Promise.resolve(value).catch(() => undefined);
    else continue;
    streams = true;
  }
  return streams;
}

/** Ends what nobody has begun to read, and ignores what its start or its end throws. */
function endUnread(items: AsyncIterable<unknown>): void {
  (async () => endQuietly(items[Symbol.asyncIterator]()))().catch(() => undefined);
}

/** As tRPC knows a promise among objects that have a `then`. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null || !('then' in value && 'catch' in value)) return false;
  return typeof value.then === 'function' && typeof value.catch === 'function';
}
