import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { resolveResponse } from '@trpc/server/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswerRoom } from '../call/answer-room.ts';
import { answerTooLarge, type JsonText, jsonWithin } from '../call/bounded-json.ts';
import { callWithHooks } from '../call/call-hooks.ts';
import { countedBody, discardAfterAnswer } from '../http/body-stream.ts';
import { addVary } from '../http/stream-answer.ts';
import { closeIfUnread } from '../http/unread-body.ts';
import { isAsyncIterable } from '../router/stream-of.ts';
import { contextOf, type Exchange, report, thrownBy, type Wire } from './exchange.ts';
import { pathOf, urlOf } from './request-target.ts';

/** A procedure that is asked for, null where there is none of that name. */
interface Called {
  path: string;
  procedure: AnyTRPCProcedure | null;
  /** Reads and checks the input, as plain calls have it; where there is none, the body is not JSON. */
  getRawInput?(): Promise<unknown>;
}

/**
 * Answers by tRPC's own resolver: subscriptions, batches that stream, and bodies that are not JSON. Its answer is read
 * as fast as the client reads; a client that leaves aborts the procedures' signal.
 *
 * @param calls what is asked for, found before: lazy routers are loaded
 * @param bodyLimit bytes, of a body that is not JSON
 */
export async function answerByResolver(
  exchange: Exchange,
  calls: readonly Called[],
  bodyLimit?: number,
): Promise<void> {
  const { wire, req, reply, disconnect } = exchange;
  const { options } = wire;
  const response = await resolveResponse({
    router: routerOf(exchange, calls),
    req: webRequest(req, disconnect.signal, bodyLimit),
    // Decoded there once more: encoded again, so that %252C is never a comma that a guard has not seen.
    path: encodeURIComponent(pathOf(req)),
    error: null,
    allowBatching: options.allowBatching ?? true,
    allowMethodOverride: options.allowMethodOverride ?? false,
    createContext: async ({ info }) => {
      exchange.ctx = await contextOf(exchange, info);
      return exchange.ctx;
    },
    ...(options.responseMeta === undefined ? {} : { responseMeta: options.responseMeta }),
    onError: ({ error, path, input, type }) => {
      // Also what fails amid a stream, whose shape is looked at after this.
      report(exchange, thrownBy(wire, error), { path, input, type });
    },
  });
  if (exchange.answered || reply.sent) {
    await response.body?.cancel();
    return;
  }
  closeIfUnread(req, reply);
  setHead(response, reply);
  exchange.answered = true;
  disconnect.settle();
  if (bodyLimit !== undefined) discardAfterAnswer(req.raw, reply.raw);
  reply.send(response.body ?? '');
}

/** A router of exactly the procedures that are called, each between the host's hooks, their answers within their bounds. */
function routerOf({ wire, req, reply, disconnect }: Exchange, calls: readonly Called[]): AnyTRPCRouter {
  const { options, router } = wire;
  const room = calls.length > 1 ? new AnswerRoom(calls.length, wire) : undefined;
  const procedures: Record<string, AnyTRPCProcedure> = Object.create(null);
  for (const { path, procedure } of calls) {
    if (procedure === null) continue;
    const observed = (args: Parameters<AnyTRPCProcedure>[0]) => {
      const { ctx, type, batchIndex, getRawInput } = args as unknown as RunArguments;
      const call = { req, res: reply, ctx, path, type, batchIndex, batchSize: calls.length };
      // The resolver parses with JSON.parse alone: what plain calls refuse is refused here too, and read alike. To the input
      // of a subscription it adds where that was left.
      const guarded = async () => {
        // Two calls may be of one path.
        const checkInput = calls[batchIndex]?.getRawInput;
        const checked = await checkInput?.();
        // Also what it shows of the input in errors is what it has read itself.
        const parsed = await getRawInput();
        return checkInput === undefined || type === 'subscription' ? parsed : checked;
      };
      const make = (take?: (bytes: number) => void) =>
        callWithHooks(options, call, async () => {
          const output: unknown = await procedure({
            ...(args as object),
            getRawInput: guarded,
          } as unknown as typeof args);
          const measure = () => bound(wire, type, output, take);
          if (type !== 'subscription') await (room === undefined ? measure() : room.inTurn(measure));
          return output;
        });
      return (room === undefined ? make() : room.run(type, disconnect.signal, make)).catch((cause: unknown) => {
        throw thrownBy(wire, cause);
      });
    };
    procedures[path] = Object.assign(observed, procedure) as AnyTRPCProcedure;
  }
  return { ...router, _def: { ...router._def, procedures, lazy: {} } };
}

/** Measures what the resolver is about to write. What streams, an output or a part of it, counts nothing. */
function bound(wire: Wire, type: string, output: unknown, take?: (bytes: number) => void): void {
  const { router, maxAnswerBytes } = wire;
  if (isAsyncIterable(output)) return;
  let json: JsonText | null;
  try {
    json = jsonWithin(router._def._config.transformer.output.serialize(output), maxAnswerBytes);
  } catch {
    // The resolver finds out itself, and has its own answer to it.
    return;
  }
  if (json === null) throw answerTooLarge(type, maxAnswerBytes);
  take?.(json.bytes);
}

interface RunArguments {
  ctx: unknown;
  type: AnyTRPCProcedure['_def']['type'];
  batchIndex: number;
  getRawInput(): Promise<unknown>;
}

function webRequest(req: FastifyRequest, signal: AbortSignal, bodyLimit: number | undefined): Request {
  const init: RequestInit & { duplex?: 'half' } = { method: req.method, headers: webHeaders(req.headers), signal };
  if (req.method === 'POST') {
    if (bodyLimit === undefined) init.body = (req.body as string | undefined) ?? null;
    else {
      const bytes = countedBody((req.body ?? req.raw) as Readable, bodyLimit);
      init.body = ReadableStream.from(bytes) as NonNullable<RequestInit['body']>;
      init.duplex = 'half';
    }
  }
  return new Request(urlOf(req), init);
}

function webHeaders(incoming: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming)) {
    // HTTP/2 pseudo-headers.
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}

function setHead(response: Response, reply: FastifyReply): void {
  reply.code(response.status);
  for (const [name, value] of response.headers) {
    // Node frames the answer itself.
    if (name === 'transfer-encoding') continue;
    if (name === 'vary') addVary(reply, value);
    // What a Response calls a text whose type nobody named: here, the error of a whole request.
    else if (name === 'content-type' && value === 'text/plain;charset=UTF-8') reply.header(name, 'application/json');
    else reply.header(name, value);
  }
}
