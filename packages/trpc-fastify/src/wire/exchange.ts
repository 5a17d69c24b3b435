import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type TRPCError,
  transformTRPCResponse,
} from '@trpc/server';
import { getHTTPStatusCode, type TRPCRequestInfo } from '@trpc/server/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Disconnect, isDisconnectError } from '../http/disconnect.ts';
import type { SafeJsonParse } from '../http/json-guard.ts';
import { addVary } from '../http/stream-answer.ts';
import { closeIfUnread } from '../http/unread-body.ts';
import { type IsInternal, withHardenedShape } from './hardened-shape.ts';
import type { WireOptions } from './wire-options.ts';

/** One wire as it is registered. */
export interface Wire {
  /** The host's router, without the messages of internal errors. */
  readonly router: AnyTRPCRouter;
  readonly options: WireOptions;
  readonly isInternal: IsInternal;
  readonly parse: SafeJsonParse;
  /** Bytes of one call's answer. */
  readonly maxAnswerBytes: number;
  /** Bytes of a batch's answers together. */
  readonly maxBatchBytes: number;
  /** The longest a plain call may take, in ms; 0: no limit. */
  readonly callTimeout: number;
  /** The longest a batch stream or an upload may take, in ms; 0: no limit. */
  readonly streamTimeout: number;
}

/** The calls of a batch, of which each is answered for itself when their time is up. */
export interface TimedBatch {
  /** Refuses those that have not begun. */
  beginNoMore(): void;
  /** Gives those that are not done this refusal for their answer. */
  end(refusal: TRPCError): void;
}

/** One request and its answer. */
export interface Exchange {
  readonly wire: Wire;
  readonly req: FastifyRequest;
  readonly reply: FastifyReply;
  readonly disconnect: Disconnect;
  /** Somebody has begun to answer: nobody else may. */
  answered: boolean;
  /** Of a batch whose answers are sent together. */
  batch?: TimedBatch;
  /** Undefined until createContext has answered. */
  ctx: unknown;
}

export type CallType = TRPCRequestInfo['type'];

/** The shape of an error as the router's formatter makes it; `ctx` is the host's errorContext where there is none yet. */
export function shapeOf(
  exchange: Pick<Exchange, 'wire' | 'req' | 'ctx'>,
  error: TRPCError,
  at: { type: CallType; path: string | undefined; input: unknown },
): ReturnType<typeof getTRPCErrorShape> {
  const { wire, req } = exchange;
  const ctx = exchange.ctx ?? wire.options.errorContext?.(req);
  return getTRPCErrorShape({ config: wire.router._def._config, error, ctx, ...at });
}

/** What a procedure has thrown, with no internal message in a shape of its own. */
export const thrownBy = ({ router, isInternal }: Wire, cause: unknown): TRPCError =>
  withHardenedShape(router, cause, isInternal);

/** Reports an error to the host, unless it comes only from the client's disconnect. */
export function report(
  exchange: Pick<Exchange, 'wire' | 'req' | 'reply' | 'ctx'>,
  error: TRPCError,
  at: { type: CallType; path: string | undefined; input: unknown },
): void {
  const { wire, req, reply, ctx } = exchange;
  if (wire.options.onError === undefined || isDisconnectError(error, req, reply)) return;
  wire.options.onError({ error, ctx, req, ...at });
}

const asIs = (text: unknown): string => text as string;

/** Exactly the content type that tRPC's own adapters give: a serializer of its own keeps Fastify from adding a charset. */
function asJson(reply: FastifyReply): FastifyReply {
  return reply.header('content-type', 'application/json').serializer(asIs);
}

/** The context, made by the host once for a request. */
export function contextOf(exchange: Exchange, info: TRPCRequestInfo): unknown {
  const { wire, req, reply } = exchange;
  const [first] = info.calls;
  const type = info.type === 'unknown' ? (req.method === 'POST' ? 'mutation' : 'query') : info.type;
  const procedure = { path: first?.path ?? '', type, batchIndex: 0, batchSize: info.calls.length };
  return wire.options.createContext({ req, res: reply, procedure, info });
}

/** Answers a request with one error for all its calls: they cannot be made together, or their results cannot be written. */
export function answerFailure(exchange: Exchange, cause: unknown, info: TRPCRequestInfo | undefined): void {
  const error = getTRPCErrorFromUnknown(cause);
  const at = { type: info?.type ?? 'unknown', path: undefined, input: undefined };
  report(exchange, error, at);
  const response = { error: shapeOf(exchange, error, at) };
  const json = JSON.stringify(transformTRPCResponse(exchange.wire.router._def._config, response));
  sendAnswer(exchange, answerHead(exchange, info, [response], [error], getHTTPStatusCode(response, [error])), json);
}

/** Answers a refusal by a guard, before there is a call. */
export function answerRefusal(
  wire: Wire,
  error: TRPCError,
  req: FastifyRequest,
  reply: FastifyReply,
  path: string | undefined,
): void {
  const at = { type: 'unknown' as const, path, input: undefined };
  const early = { wire, req, reply, ctx: undefined };
  report(early, error, at);
  closeIfUnread(req, reply);
  const response = { error: shapeOf(early, error, at) };
  if (wire.options.errorHeaders !== undefined) reply.headers(wire.options.errorHeaders([error]));
  addVary(reply, 'trpc-accept, accept');
  const json = JSON.stringify(transformTRPCResponse(wire.router._def._config, response));
  asJson(reply)
    .code(getHTTPStatusCode(response, [error]))
    .send(json);
}

type Responses = Parameters<NonNullable<WireOptions['responseMeta']>>[0]['data'];

/** Sets the headers of an answer that is known; its status, which responseMeta may change. */
export function answerHead(
  exchange: Exchange,
  info: TRPCRequestInfo | undefined,
  data: Responses,
  errors: TRPCError[],
  status: number,
): number {
  const { wire, reply, ctx } = exchange;
  const { responseMeta, errorHeaders } = wire.options;
  closeIfUnread(exchange.req, reply);
  addVary(asJson(reply), 'trpc-accept, accept');
  if (errors.length > 0 && errorHeaders !== undefined) reply.headers(errorHeaders(errors));
  if (responseMeta === undefined) return status;
  // A host without types may answer nothing.
  const meta: Partial<ReturnType<typeof responseMeta>> | undefined = responseMeta({
    ctx,
    info,
    paths: info?.calls.map((call) => call.path),
    data,
    errors,
    eagerGeneration: false,
    type: info?.type ?? 'unknown',
  });
  for (const [name, value] of headersOf(meta?.headers)) {
    // Fastify finds out when it is too late for another answer.
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (name.toLowerCase() === 'vary') addVary(reply, value);
    else reply.header(name, value);
  }
  return meta?.status || status;
}

/** Sends JSON, or its bytes, whose headers are set; throws where the status is none, and somebody else may answer then. */
export function sendAnswer(exchange: Exchange, status: number, json: string | Buffer): void {
  exchange.reply.code(status);
  exchange.answered = true;
  exchange.disconnect.settle();
  exchange.reply.send(json);
}

function* headersOf(
  headers: Headers | Record<string, string | string[] | undefined> | undefined,
): Generator<[name: string, value: string]> {
  if (headers instanceof Headers) yield* headers;
  else {
    for (const [name, value] of Object.entries(headers ?? {})) {
      if (value === undefined) continue;
      if (!Array.isArray(value)) yield [name, value];
      else if (name.toLowerCase() !== 'set-cookie') yield [name, value.join(', ')];
      else for (const cookie of value) yield [name, cookie];
    }
  }
}
