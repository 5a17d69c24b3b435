import { type AppError, createCaller } from '@promptory/api/server';
import { getTRPCErrorFromUnknown } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { appErrorOf, errorHeaders, unforeseen } from '../../http/errors/problem.ts';
import type { ContextFactory } from '../../http/request-context.ts';
import { isOwnForm } from '../../http/request-origin.ts';
import type { ServedHooks } from '../procedures.ts';

type Api = ReturnType<typeof createCaller>;

export type Answer<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly error: AppError };

/** @param path the name of the procedure that `call` calls, once */
export type PageCall = <Output>(
  at: { readonly req: FastifyRequest; readonly reply: FastifyReply },
  about: { readonly path: string; readonly type: 'query' | 'mutation' },
  call: (api: Api) => Promise<Output>,
) => Promise<Answer<Output>>;

/**
 * Calls procedures in place of a transport: with the same caller, limits, turns and metrics, so a page does nothing that the
 * API would not do for who sends the form.
 */
export function pageCalls(createContext: ContextFactory, hooks: ServedHooks): PageCall {
  return async ({ req, reply }, { path, type }, call) => {
    const about = { path, type, batchIndex: 0, batchSize: 1 } as const;
    req.state.calls.push(path);
    const began = performance.now();
    try {
      const ctx = await createContext(
        { req, res: reply, procedure: about },
        { streams: false, ownForm: isOwnForm(req.headers) },
      );
      const made = { req, res: reply, ctx, ...about };
      await hooks.beforeCall(made);
      try {
        const run = () => call(createCaller(ctx));
        const output = await (hooks.within === undefined ? run() : hooks.within(made, run));
        hooks.afterCall(made, { ok: true, durationMs: performance.now() - began });
        return { ok: true, output };
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause);
        hooks.afterCall(made, { ok: false, error, durationMs: performance.now() - began });
        throw cause;
      }
    } catch (cause) {
      const error = appErrorOf(cause);
      req.state.codes.push(error.code);
      const thrown = unforeseen(error);
      if (thrown !== null) req.log.error({ ...thrown, procedure: path }, 'call failed');
      Object.assign(req.state.headers, errorHeaders(error, req.id));
      return { ok: false, error };
    }
  };
}
