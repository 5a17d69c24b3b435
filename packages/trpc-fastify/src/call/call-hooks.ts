import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDisconnectError } from '../http/disconnect.ts';
import { EventStream } from '../router/event-stream.ts';
import { isAsyncIterable } from '../router/stream-of.ts';

/** One call of a procedure, over whichever transport; `batchIndex` of `batchSize`, 0 of 1 outside a batch. */
export interface Call<C = unknown> {
  req: FastifyRequest;
  res: FastifyReply;
  ctx: C;
  /** `prompts.get` */
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  batchIndex: number;
  batchSize: number;
}

/**
 * How a call ended. `error` is there exactly when `ok` is false; its code is CLIENT_CLOSED_REQUEST where the call only
 * failed because its client had left.
 */
export interface Outcome {
  ok: boolean;
  error?: TRPCError;
  /** From before `beforeCall` to the output, or to the end of a streamed output. */
  durationMs: number;
}

/** What a host may do around each call. */
export interface CallHooks<C = unknown> {
  /** Throwing refuses this call alone: for rate limits. */
  beforeCall?(call: Call<C>): void | Promise<void>;
  /** Runs the call, unless it was refused, by `run`: for what it is to run within, such as a trace. A stream is read outside of it. */
  within?<T>(call: Call<C>, run: () => Promise<T>): Promise<T>;
  /** Runs once for each call, refused ones too: for logs and metrics. What it throws is logged and changes no answer. */
  afterCall?(call: Call<C>, outcome: Outcome): void;
}

/**
 * Runs a call between its host's hooks; just `run()` where there are none. The outcome of an async iterable is reported
 * when it ends, fails, or is left by its reader. Rejects with what `beforeCall` or `run` threw.
 */
export function callWithHooks<T, C>(hooks: CallHooks<C>, call: Call<C>, run: () => Promise<T>): Promise<T> {
  const { beforeCall, within, afterCall } = hooks;
  if (beforeCall === undefined && within === undefined && afterCall === undefined) return run();
  return observed(hooks, call, run);
}

async function observed<T, C>(hooks: CallHooks<C>, call: Call<C>, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  let reported = false;
  const report = (failure?: { cause: unknown }): void => {
    if (reported || hooks.afterCall === undefined) return;
    reported = true;
    const durationMs = performance.now() - began;
    try {
      hooks.afterCall(
        call,
        failure === undefined
          ? { ok: true, durationMs }
          : { ok: false, error: errorOf(call, failure.cause), durationMs },
      );
    } catch (error) {
      call.req.log.error({ err: error, procedure: call.path }, 'afterCall failed');
    }
  };
  try {
    const before = hooks.beforeCall?.(call);
    // To wait for nothing takes a turn too.
    if (before !== undefined) await before;
    const output = await (hooks.within === undefined ? run() : hooks.within(call, run));
    if (hooks.afterCall !== undefined && output instanceof EventStream) {
      output.whenOver(report);
      return output;
    }
    if (hooks.afterCall !== undefined && isAsyncIterable(output)) return withEndReported(output, report) as T;
    report();
    return output;
  } catch (cause) {
    report({ cause });
    throw cause;
  }
}

function errorOf({ req, res }: Call, cause: unknown): TRPCError {
  const error = getTRPCErrorFromUnknown(cause);
  return isDisconnectError(error, req, res) ? new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', cause: error }) : error;
}

/** The same items; `report` is called once when they end, fail, or are left by their reader. */
function withEndReported(
  items: AsyncIterable<unknown>,
  report: (failure?: { cause: unknown }) => void,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const source = items[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const step = await source.next();
            if (step.done === true) report();
            return step;
          } catch (cause) {
            report({ cause });
            throw cause;
          }
        },
        // Reaches the source even while one of its items is awaited.
        async return(value?: unknown) {
          report();
          return (await source.return?.(value)) ?? { done: true, value };
        },
      };
    },
  };
}
