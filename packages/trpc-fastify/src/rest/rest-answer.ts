import { getTRPCErrorFromUnknown } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerTooLarge, jsonWithin, MAX_ANSWER_BYTES } from '../call/bounded-json.ts';
import { acceptedType } from '../http/accept.ts';
import { discardAfterAnswer } from '../http/body-stream.ts';
import { etagOf, noneMatchHolds } from '../http/etag.ts';
import { EventBody, setEventHead } from '../http/event-body.ts';
import { addVary, endQuietly, streamItems } from '../http/stream-answer.ts';
import { closeIfUnread } from '../http/unread-body.ts';
import { EventStream } from '../router/event-stream.ts';
import { answeredTypes, NDJSON } from '../router/media-types.ts';
import type { RestProcedure } from '../router/procedures.ts';
import { fillTemplate, type RestMeta } from '../router/rest-meta.ts';
import { isAsyncIterable } from '../router/stream-of.ts';
import type { RestOptions } from './rest-options.ts';

/** One call and how it is answered. */
export interface PendingAnswer {
  req: FastifyRequest;
  reply: FastifyReply;
  ctx: unknown;
  /** Fires when the client has left or the time is over. */
  signal: AbortSignal;
  /** Takes the answer for the caller; false where somebody else has begun one. */
  begin(): boolean;
}

/** How an endpoint answers with what a procedure gave. */
export interface Answer {
  /** What is kept of an output until it is sent. A part of the call: throws a refusal where it is too large. */
  write(output: unknown): unknown;
  send(written: unknown, pending: PendingAnswer): void | Promise<void>;
}

/** An output that is answered at once, with its JSON. */
class Written {
  readonly output: unknown;
  readonly json: string | undefined;

  constructor(output: unknown, json: string | undefined) {
    this.output = output;
    this.json = json;
  }
}

/** How an endpoint answers: with JSON at once, or with a stream of its items. `prefix` is the plugin's, for Location. */
export function answerOf(prefix: string, endpoint: RestProcedure, options: RestOptions): Answer {
  const { rest, type } = endpoint;
  if (endpoint.events !== undefined) return { write: (output) => output, send: eventsAnswer };
  if (rest.stream !== undefined) return { write: (output) => output, send: streamAnswer(endpoint, options) };
  const { maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  return {
    write(output) {
      const json = jsonWithin(output, maxAnswerBytes);
      if (json === null) throw answerTooLarge(type, maxAnswerBytes);
      return new Written(output, json.text);
    },
    send(written, { req, reply, begin }) {
      if (!(written instanceof Written) || !begin()) return;
      closeIfUnread(req, reply);
      answerOnce(prefix, rest, written, req, reply);
    },
  };
}

function eventsAnswer(output: unknown, { req, reply, signal, begin }: PendingAnswer): void {
  if (!(output instanceof EventStream)) throw new Error('A subscription of events did not return an EventStream.');
  if (!begin() || signal.aborted || req.method === 'HEAD') output.discard();
  if (reply.sent || signal.aborted) return;
  setEventHead(reply);
  reply.send(req.method === 'HEAD' ? undefined : new EventBody(output));
}

function streamAnswer(endpoint: RestProcedure, options: RestOptions): Answer['send'] {
  const { path, rest } = endpoint;
  const answered = answeredTypes(endpoint);
  return async (output, { req, reply, ctx, signal, begin }) => {
    if (!isAsyncIterable(output)) throw new Error(`${path} has rest.stream and did not return an AsyncIterable.`);
    const iterator = output[Symbol.asyncIterator]();
    const end = () => endQuietly(iterator);
    signal.addEventListener('abort', end, { once: true });
    // The first item decides between an ordinary answer to an error and a stream.
    const first = await iterator.next();
    if (!begin()) {
      end();
      return;
    }
    const type = acceptedType(req.headers.accept, answered) ?? NDJSON;
    reply.code(rest.status ?? 200).header('content-type', type);
    if (answered.length > 1) addVary(reply, 'accept');
    if (req.method === 'HEAD' || signal.aborted) {
      end();
      reply.send();
      return;
    }
    const lastLine = (cause: unknown) => {
      const { body } = options.problem(getTRPCErrorFromUnknown(cause), { path, req, ctx });
      return `${JSON.stringify({ ...body, type: 'error' })}\n`;
    };
    discardAfterAnswer(req.raw, reply.raw);
    reply.send(streamItems({ first, iterator, encode: rest.stream?.types?.[type], lastLine }));
  };
}

function answerOnce(
  prefix: string,
  rest: RestMeta,
  { output, json }: Written,
  req: FastifyRequest,
  reply: FastifyReply,
): void {
  const { orStatus } = rest;
  const status = orStatus?.when(output) === true ? orStatus.status : (rest.status ?? 200);
  reply.code(status);
  if (rest.location !== undefined && status === 201) {
    const location = fillTemplate(rest.location, output);
    if (location !== undefined) reply.header('location', prefix + location);
  }
  if (status === 204 || json === undefined) {
    reply.send();
    return;
  }
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
