import { getTRPCErrorFromUnknown, TRPCError, transformTRPCResponse } from '@trpc/server';
import { getHTTPStatusCode, type TRPCRequestInfo } from '@trpc/server/http';
import { AnswerRoom, throwIfUnwanted } from '../call/answer-room.ts';
import { answerTooLarge, type JsonText, jsonWithin } from '../call/bounded-json.ts';
import { callWithHooks } from '../call/call-hooks.ts';
import { callProcedure } from '../call/call-procedure.ts';
import { RequestRefused, refuse } from '../http/request-refused.ts';
import { endQuietly } from '../http/stream-answer.ts';
import { isAsyncIterable } from '../router/stream-of.ts';
import {
  answerFailure,
  answerHead,
  contextOf,
  type Exchange,
  report,
  sendAnswer,
  shapeOf,
  thrownBy,
  type Wire,
} from './exchange.ts';
import type { RequestedCall } from './requested-calls.ts';

/** A text, or its bytes. */
type Json = string | Buffer;

/** From so many bytes on, a result of a batch is encoded when it is written, so that all are not encoded in one turn. */
const ENCODED_BYTES = 64 * 1024;

/** `data` is kept only for a host that asks for it. */
interface Result {
  readonly json: Json;
  readonly data: unknown;
  readonly failure: Unwritable | undefined;
  readonly error?: undefined;
}

type Outcome = Result | { readonly error: TRPCError };

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
      : await runBatch(exchange, info, failure);
  if (exchange.answered || exchange.reply.sent) return;
  try {
    answer(exchange, info, outcomes);
  } catch (cause) {
    // An output or an error shape that JSON cannot say.
    answerFailure(exchange, cause, info);
  }
}

async function runBatch(exchange: Exchange, info: TRPCRequestInfo, failure: TRPCError | undefined): Promise<Outcome[]> {
  const room = new AnswerRoom(info.calls.length, exchange.wire);
  const outcomes = new Map<RequestedCall, Outcome>();
  const settle = (call: RequestedCall, outcome: Outcome): void => {
    if (!outcomes.has(call)) outcomes.set(call, outcome);
  };
  const timeIsUp = new Promise<void>((resolve) => {
    exchange.batch = {
      beginNoMore: () => room.close(),
      end(refusal) {
        for (const call of info.calls.filter((each) => !outcomes.has(each))) {
          report(exchange, refusal, { ...placeOf(call), input: call.result() });
          settle(call, { error: refusal });
        }
        resolve();
      },
    };
  });
  const made = info.calls.map(async (call) => settle(call, await run(exchange, info, call, failure, room)));
  await Promise.race([Promise.all(made), timeIsUp]);
  // They are put together in a turn in which none was written.
  return room.inTurn(() => info.calls.map((call) => outcomes.get(call) as Outcome));
}

async function run(
  exchange: Exchange,
  info: TRPCRequestInfo,
  call: RequestedCall,
  contextFailure: TRPCError | undefined,
  room?: AnswerRoom,
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
    const observed = { req, res: reply, ctx, path, type, batchIndex, batchSize: info.calls.length };
    const make = (take?: (bytes: number) => void) =>
      callWithHooks(options, observed, async () => {
        throwIfUnwanted(disconnect.signal);
        const output = await callProcedure(procedure, args);
        if (streams(output)) return output;
        const written = () => write(wire, type, output, take);
        return room === undefined ? written() : room.inTurn(written);
      });
    const written = room === undefined ? await make() : await room.run(type, disconnect.signal, make);
    if (written instanceof Written) return written;
    abandon(written);
    return { error: cannotStream() };
  } catch (cause) {
    const error = thrownBy(wire, cause);
    report(exchange, error, { ...placeOf(call), input: call.result() });
    return { error };
  }
}

/** Why an output cannot be sent, which fails the whole request, as in tRPC: its transformer comes before all JSON. */
interface Unwritable {
  readonly cause: unknown;
  readonly by: 'transformer' | 'json';
}

/** A result as it is sent, or why it cannot be. */
class Written implements Result {
  readonly data: unknown;
  readonly failure: Unwritable | undefined;
  readonly #json: Json;

  constructor(json: Json, data: unknown, failure?: Unwritable) {
    this.#json = json;
    this.data = data;
    this.failure = failure;
  }

  get json(): Json {
    if (this.failure !== undefined) throw this.failure.cause;
    return this.#json;
  }
}

/** Serialises the output at once, so that a batch holds texts alone. Throws a refusal where it is too large. */
function write(wire: Wire, type: string, output: unknown, take?: (bytes: number) => void): Written {
  const { maxAnswerBytes, options } = wire;
  const data = options.responseMeta === undefined ? undefined : output;
  let by: Unwritable['by'] = 'transformer';
  let json: JsonText | null;
  try {
    const serialized: unknown = wire.router._def._config.transformer.output.serialize(output);
    by = 'json';
    json = jsonWithin(serialized, maxAnswerBytes);
  } catch (cause) {
    return new Written('', data, { cause, by });
  }
  if (json === null) throw answerTooLarge(type, maxAnswerBytes);
  take?.(json.bytes);
  const text = json.text === undefined ? '{"result":{}}' : resultText(json.text);
  return new Written(take === undefined || json.bytes < ENCODED_BYTES ? text : Buffer.from(text), data);
}

/** What the wire answers to a call whose output is this JSON. */
export const resultText = (json: string): string => `{"result":{"data":${json}}}`;

function answer(exchange: Exchange, info: TRPCRequestInfo, outcomes: readonly Outcome[]): void {
  const failures = outcomes.map(({ error }) => error);
  const errors = failures.filter((error) => error !== undefined);
  const unstreamed = errors.find(({ cause }) => cause instanceof RequestRefused && cause.reason === 'needs_stream');
  // tRPC reports a lone call that would stream as a failure of the request, without its path.
  if (!info.isBatchCall && unstreamed !== undefined) throw unstreamed;
  const config = exchange.wire.router._def._config;
  // Every shape is made before anything is written: where a formatter throws, that is what is answered.
  const formed = outcomes.map((outcome, index) => {
    if (outcome.error === undefined) return { outcome, response: { result: { data: outcome.data } } };
    const call = info.calls[index];
    const error = shapeOf(exchange, outcome.error, { ...placeOf(call), input: call?.result() });
    return { outcome, response: { error } };
  });
  for (const outcome of outcomes) {
    if (outcome.error === undefined && outcome.failure?.by === 'transformer') throw outcome.failure.cause;
  }
  const texts = formed.map(({ outcome, response }) =>
    outcome.error === undefined ? outcome.json : JSON.stringify(transformTRPCResponse(config, response)),
  );
  const responses = formed.map(({ response }) => response);
  const status = errors.length === 0 ? 200 : getHTTPStatusCode(responses, failures);
  const json = info.isBatchCall || texts.length !== 1 ? arrayOf(texts) : (texts[0] ?? '');
  sendAnswer(exchange, answerHead(exchange, info, responses, errors, status), json);
}

/** The JSON of an array of these; text where all are. */
function arrayOf(items: readonly Json[]): Json {
  if (items.every((item) => typeof item === 'string')) return `[${items.join(',')}]`;
  const parts = items.flatMap((item, index) => [
    Buffer.from(index === 0 ? '[' : ','),
    typeof item === 'string' ? Buffer.from(item) : item,
  ]);
  return Buffer.concat([...parts, Buffer.from(']')]);
}

function placeOf(call: RequestedCall | undefined): { type: TRPCRequestInfo['type']; path: string | undefined } {
  return { type: call?.procedure?._def.type ?? 'unknown', path: call?.path };
}

/** In tRPC's own words, which name what a client has to change. */
function cannotStream(): TRPCError {
  return refuse('needs_stream', 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink');
}

/** What an output would stream: itself, or some of its values. */
function streamedParts(output: unknown): unknown[] {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return [];
  return isAsyncIterable(output)
    ? [output]
    : Object.values(output).filter((value) => isAsyncIterable(value) || isPromise(value));
}

const streams = (output: unknown): boolean => streamedParts(output).length > 0;

/** Ends what nobody will read. */
function abandon(output: unknown): void {
  for (const part of streamedParts(output)) {
    if (isAsyncIterable(part)) endUnread(part);
    else Promise.resolve(part).catch(() => undefined);
  }
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
