import type { TRPCError } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The signal of a call: it fires when the connection closes, or somebody else answers, before the handler is done. */
export interface Disconnect {
  signal: AbortSignal;
  /** Fires the signal: nobody waits for the outcome any more. */
  abort(): void;
  /** The handler is done: from here on only an answer cut short counts as a disconnect. */
  settle(): void;
  /** Nothing of the call goes on, whatever becomes of its answer: the connection is watched no more. */
  release(): void;
}

/** Watches the connection of one request until it closes. */
export function watchDisconnect(reply: FastifyReply): Disconnect {
  const controller = new AbortController();
  const response = reply.raw;
  let settled = false;
  if (response.closed) controller.abort();
  const closed = (): void => {
    if (!settled || !response.writableFinished) controller.abort();
  };
  response.once('close', closed);
  return {
    signal: controller.signal,
    abort() {
      controller.abort();
    },
    settle() {
      settled = true;
    },
    release() {
      response.off('close', closed);
    },
  };
}

/**
 * Whether this error comes only from the client's disconnect: there is nobody to answer, and nothing to log. A reset of
 * another connection, such as the database's, is never taken for it.
 */
export function isDisconnectError(error: TRPCError, req: FastifyRequest, reply: FastifyReply): boolean {
  // Not req.raw.destroyed: that is also true of a body that was read to its end.
  if (req.raw.socket.destroyed !== true && !reply.raw.closed) return false;
  const { cause } = error;
  if (error.code === 'CLIENT_CLOSED_REQUEST' || cause?.name === 'AbortError') return true;
  return cause !== undefined && 'code' in cause && cause.code === 'ECONNRESET' && cause.message === 'aborted';
}
