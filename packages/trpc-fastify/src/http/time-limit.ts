import type { TRPCError } from '@trpc/server';
import type { FastifyReply, RouteOptions } from 'fastify';
import type { Disconnect } from './disconnect.ts';
import { refuse } from './request-refused.ts';

/** The longest that what streams may take where calls have a limit, unless the host says otherwise. */
export const STREAM_TIMEOUT_MS = 600_000;

/**
 * For routes that limit their time themselves. Fastify's own limit counts while a body arrives, so that a slow client
 * gets the error of a slow server, and ends with the body, so that a handler that has read one has no limit at all.
 */
export function withoutHandlerTimeout(handlerTimeout: number): Pick<RouteOptions, 'handlerTimeout'> {
  // As long as a timer can be: a route cannot say that it has none.
  return handlerTimeout > 0 ? { handlerTimeout: 2 ** 31 - 1 } : {};
}

/** Of its limit a batch begins calls for this part only, so that what it begins has time to end. */
const BEGINNING_PART = 2 / 3;

/**
 * Ends a call after `limit` ms, 0 being no limit: fires its signal and answers by `answer`. An answer that has begun is
 * cut off where it `streams`; one that is known to its end is its reader's to take, however slowly, as on any route.
 * `beginNoMore` is called well before that.
 *
 * @returns to be called where an answer has begun that does not stream: no time counts any more
 */
export function limitTime(
  {
    reply,
    disconnect,
    limit,
    streams,
  }: { reply: FastifyReply; disconnect: Disconnect; limit: number; streams: boolean },
  {
    isAnswered,
    beginNoMore,
    answer,
  }: { isAnswered(): boolean; beginNoMore?(): void; answer(refusal: TRPCError): void },
): () => void {
  if (limit === 0) return () => undefined;
  const beginning = beginNoMore === undefined ? undefined : setTimeout(beginNoMore, limit * BEGINNING_PART);
  const timer = setTimeout(() => {
    if (isAnswered()) {
      if (streams) reply.raw.destroy();
      return;
    }
    disconnect.abort();
    try {
      answer(refuse('unavailable', 'The request took too long.'));
    } catch (error) {
      // The host's error table or formatter throws: its own error handler knows.
      reply.send(error);
    }
  }, limit);
  const end = (): void => {
    clearTimeout(beginning);
    clearTimeout(timer);
    reply.raw.off('close', end);
  };
  reply.raw.once('close', end);
  return end;
}
