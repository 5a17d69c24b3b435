import type { AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server';
import type { HTTPBaseHandlerOptions, TRPCRequestInfo } from '@trpc/server/http';
import type { FastifyRequest } from 'fastify';
import type { Call, CallHooks } from '../call/call-hooks.ts';
import type { ContextRequest } from '../call/context-request.ts';
import type { ParseJson } from '../http/json-guard.ts';

export interface WireContextRequest extends ContextRequest {
  /** As tRPC's own adapters give it: every call of the batch, connection params, signal and so on. */
  info: TRPCRequestInfo;
}

type ResponseMeta<R extends AnyTRPCRouter> = NonNullable<HTTPBaseHandlerOptions<R, FastifyRequest>['responseMeta']>;

/**
 * `satisfies WireOptions<typeof router>` checks what is given against the router's context: Fastify's `register` cannot
 * infer it.
 */
export interface WireOptions<R extends AnyTRPCRouter = AnyTRPCRouter> extends CallHooks<inferRouterContext<R>> {
  router: R;
  /** Where the wire is served, `/trpc` unless given. */
  prefix?: string;
  /** Called once for a request, however many calls it batches. */
  createContext(request: WireContextRequest): inferRouterContext<R> | Promise<inferRouterContext<R>>;
  /** True unless given. */
  allowBatching?: boolean;
  /** Queries and subscriptions may be sent by POST too; false unless given. */
  allowMethodOverride?: boolean;
  /** Calls in one request; 1,000 unless given. */
  maxBatchSize?: number;
  /** Bytes of one call's answer, 2 MiB unless given; an async iterable has none. More is refused (`answer_too_large`). */
  maxAnswerBytes?: number;
  /**
   * Bytes of a batch's answers together, 8 MiB unless given. Of its calls so many run at once as are sure to fit, and
   * what finds no room is refused (`batch_full`): a query, or a call that was not made.
   */
  maxBatchBytes?: number;
  /** Procedures that may not share a request with others, by path (`auth.login`): so that one request is one attempt. */
  refuseInBatch?(path: string): boolean;
  /** Status and headers of an answer, as in tRPC's own adapters; not asked for refusals. */
  responseMeta?(about: Parameters<ResponseMeta<R>>[0]): ReturnType<ResponseMeta<R>>;
  /** Runs for every error that is answered, refusals included; not for those that come from a client's disconnect. */
  onError?(event: {
    error: TRPCError;
    path: string | undefined;
    input: unknown;
    ctx: inferRouterContext<R> | undefined;
    type: Call['type'] | 'unknown';
    req: FastifyRequest;
  }): void;
  /**
   * Whether the message of an error was not written for callers: `Internal server error` takes its place, and a stack loses
   * it. Unless given, it is so of a foreign error, also of one that a TRPCError has for its cause and says no word of its
   * own about; `() => false` tells callers all, as tRPC does. `onError` and the formatter's `error` have the whole of it.
   */
  isInternal?(error: TRPCError): boolean;
  /** Headers that errors ask for, such as Retry-After; a streamed batch has sent its head before it has errors. */
  errorHeaders?(errors: readonly TRPCError[]): Record<string, string>;
  /**
   * What a hook of the host threw before the wire had its turn, as the error of all calls of the request; undefined leaves it
   * to the app's own error handler. Unless given, only a TRPCError is answered on the wire.
   */
  asCallError?(error: unknown): TRPCError | undefined;
  /** What the error formatter is given as `ctx` for errors that come before, or from, createContext. */
  errorContext?(req: FastifyRequest): Partial<inferRouterContext<R>>;
  /**
   * Reads the text of a JSON body, whose size and depth are bounded already; Fastify's own prototype-safe parser unless
   * given. A {@link RequestRefused} that it throws is answered as it says, anything else as `malformed_json`.
   */
  parseJson?: ParseJson;
  /** Bytes of a JSON body; the app's own limit unless given. */
  bodyLimit?: number;
  /**
   * The longest a batch stream or an upload may take, in ms; ten minutes where the app has a handlerTimeout, which counts
   * for every other call. A subscription lasts as long as the router's `sse.maxDurationMs` says.
   */
  streamTimeout?: number;
}
