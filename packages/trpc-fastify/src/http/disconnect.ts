import type { TRPCError } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A signal that fires when the connection closes, or is answered by somebody else, before the handler is done. */
export interface Gone {
  signal: AbortSignal;
  /** Fires the signal: nobody waits for the outcome any more. */
  abort(): void;
  /** The handler is done: from here on only an answer cut short counts as gone. */
  settle(): void;
}

/** Watches the connection of one request. */
export function untilClosed(reply: FastifyReply): Gone {
  const controller = new AbortController();
  const response = reply.raw;
  let settled = false;
  if (response.closed) controller.abort();
  response.once('close', () => {
    if (!settled || !response.writableFinished) controller.abort();
  });
  return {
    signal: controller.signal,
    abort() {
      controller.abort();
    },
    settle() {
      settled = true;
    },
  };
}

/**
 * Whether this error is only the echo of a client that went away: nobody to answer, nothing to log. A connection to
 * something else that was reset (a database) is never taken for it.
 */
export function isGone(error: TRPCError, req: FastifyRequest, reply: FastifyReply): boolean {
  // Not req.raw.destroyed: that is also true of a body that was read to its end.
  if (req.raw.socket.destroyed !== true && !reply.raw.closed) return false;
  const { cause } = error;
  if (error.code === 'CLIENT_CLOSED_REQUEST' || cause?.name === 'AbortError') return true;
  return cause !== undefined && 'code' in cause && cause.code === 'ECONNRESET' && cause.message === 'aborted';
}
