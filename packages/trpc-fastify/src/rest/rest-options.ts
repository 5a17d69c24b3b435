import type { AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import type { CallHooks } from '../call/call-hooks.ts';
import type { ContextRequest } from '../call/context-request.ts';
import type { ParseJson } from '../http/json-guard.ts';

/** An RFC 9457 answer. */
export interface Problem {
  status: number;
  headers?: Record<string, string>;
  body: object;
}

export interface RestOptions<R extends AnyTRPCRouter = AnyTRPCRouter> extends CallHooks<inferRouterContext<R>> {
  router: R;
  createContext(request: ContextRequest): inferRouterContext<R> | Promise<inferRouterContext<R>>;
  /** The host's one error table. `ctx` is missing when the failure came before or from createContext. */
  problem(error: TRPCError, at: { path: string; req: FastifyRequest; ctx?: inferRouterContext<R> }): Problem;
  /** Whether a 409 says that the version named by If-Match is no longer the latest, so a 412; any 409 unless given. */
  isStale?(error: TRPCError): boolean;
  /**
   * Reads the text of a JSON body, whose size and depth are bounded already; Fastify's own prototype-safe parser unless
   * given. A {@link RequestRefused} that it throws is answered as it says, anything else as `malformed_json`.
   */
  parseJson?: ParseJson;
  /** Answer 405 with Allow for a known path and another method; true unless given. */
  methodNotAllowed?: boolean;
  /** Bytes of one answer, 2 MiB unless given; a stream has none. More is refused (`answer_too_large`). */
  maxAnswerBytes?: number;
  /** Where the app has a handlerTimeout: the longest a streaming route may take, in ms; ten minutes unless given. */
  streamTimeout?: number;
}
