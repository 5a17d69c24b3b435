import { type AnyTRPCProcedure, getTRPCErrorFromUnknown } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { FastifyRequest } from 'fastify';
import { callWithHooks } from '../call/call-hooks.ts';
import { callProcedure } from '../call/call-procedure.ts';
import { EventBody, setEventHead } from '../http/event-body.ts';
import { EventStream, eventItemOf } from '../router/event-stream.ts';
import { contextOf, type Exchange, report, shapeOf, thrownBy } from './exchange.ts';
import { queryOf } from './request-target.ts';

/** Whether a subscription is one of events, which needs no resolver; whatever it asks besides is left to that. */
export function answersEvents({ wire, req }: Exchange, { calls }: TRPCRequestInfo): boolean {
  const [call] = calls;
  if (call?.procedure == null || req.method !== 'GET') return false;
  const { sse, transformer } = wire.router._def._config;
  const probe = {};
  return (
    outputOf(call.procedure) !== undefined &&
    sse?.enabled !== false &&
    wire.options.responseMeta === undefined &&
    transformer.output.serialize(probe) === probe
  );
}

const outputOf = ({ _def }: AnyTRPCProcedure): unknown => eventItemOf((_def as { output?: unknown }).output);

/** Answers a subscription of events as tRPC's resolver does: also a refusal is a stream, of one event that says it. */
export async function answerEvents(exchange: Exchange, info: TRPCRequestInfo): Promise<void> {
  const { wire, reply, disconnect } = exchange;
  const connected = `event: connected\ndata: ${JSON.stringify(wire.router._def._config.sse?.client ?? {})}\n\n`;
  let body: EventBody<unknown> | string;
  try {
    const stream = await eventsOfCall(exchange, info);
    if (exchange.answered || reply.sent || disconnect.signal.aborted) {
      stream.discard();
      return;
    }
    body = new EventBody(stream, connected);
  } catch (cause) {
    if (exchange.answered || reply.sent) return;
    body = connected + refusal(exchange, info, cause);
  }
  setEventHead(reply);
  exchange.answered = true;
  disconnect.release();
  reply.send(body);
}

async function eventsOfCall(exchange: Exchange, info: TRPCRequestInfo): Promise<EventStream<unknown>> {
  const { wire, req, reply, disconnect } = exchange;
  exchange.ctx = await contextOf(exchange, info);
  const { path, procedure, getRawInput } = info.calls[0] as (typeof info.calls)[number];
  const { ctx } = exchange;
  const type = 'subscription' as const;
  const call = { req, res: reply, ctx, path, type, batchIndex: 0, batchSize: 1 };
  const output = await callWithHooks(wire.options, call, () =>
    callProcedure(procedure as AnyTRPCProcedure, {
      ...{ ctx, path, type, batchIndex: 0, input: undefined, signal: disconnect.signal },
      getRawInput: async () => withPlace(await getRawInput(), req),
    }),
  );
  if (output instanceof EventStream) return output;
  throw new Error(`${path} did not return an EventStream.`);
}

/** The input with where the stream was left, as tRPC's own adapters put it there. */
function withPlace(input: unknown, req: FastifyRequest): unknown {
  const query = queryOf(req);
  const lastEventId = req.headers['last-event-id'] || query.get('lastEventId') || query.get('Last-Event-Id');
  if (!lastEventId) return input;
  if (input === undefined || input === null) return { lastEventId };
  return typeof input === 'object' ? { ...input, lastEventId } : input;
}

function refusal(exchange: Exchange, { calls: [call] }: TRPCRequestInfo, cause: unknown): string {
  const error = thrownBy(exchange.wire, getTRPCErrorFromUnknown(cause));
  const at = { type: 'subscription' as const, path: call?.path, input: call?.result() };
  report(exchange, error, at);
  return `event: serialized-error\ndata: ${JSON.stringify(shapeOf(exchange, error, at))}\n\n`;
}
