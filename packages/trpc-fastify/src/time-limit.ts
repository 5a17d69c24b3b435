import type { TRPCError } from '@trpc/server';
import type { FastifyReply, RouteOptions } from 'fastify';
import type { Gone } from './disconnect.ts';
import { refuse } from './request-refused.ts';

/** The longest that what streams may take where calls have a limit, unless the host says otherwise. */
export const STREAM_TIMEOUT_MS = 600_000;

/**
 * For routes that limit their time themselves. Fastify's own limit counts while a body arrives, so that a slow client
 * is told of a slow server, and ends with the body, so that a handler that has read one has no limit at all.
 */
export function withoutHandlerTimeout(handlerTimeout: number): Pick<RouteOptions, 'handlerTimeout'> {
  // As long as a timer can be: a route cannot say that it has none.
  return handlerTimeout > 0 ? { handlerTimeout: 2 ** 31 - 1 } : {};
}

/**
 * Ends a call after `limit` ms, 0 being no limit: fires its signal, and either answers by `answer`, or where an answer
 * has begun, cuts it off.
 */
export function limitTime(
  { reply, gone, limit }: { reply: FastifyReply; gone: Gone; limit: number },
  { isAnswered, answer }: { isAnswered(): boolean; answer(refusal: TRPCError): void },
): void {
  if (limit === 0) return;
  const timer = setTimeout(() => {
    gone.abort();
    if (isAnswered()) reply.raw.destroy();
    else answer(refuse('unavailable', 'The request took too long.'));
  }, limit);
  reply.raw.once('close', () => clearTimeout(timer));
}
