import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, initTRPC, TRPCError } from '@trpc/server';
import { isOfThisCopy, isPlain, runsAs } from './same-chain.ts';

/** What tRPC gives a procedure when it is called by a server. */
export interface ProcedureCall {
  ctx: unknown;
  path: string;
  type: AnyTRPCProcedure['_def']['type'];
  batchIndex: number;
  signal: AbortSignal;
  input: unknown;
  getRawInput(): Promise<unknown>;
}

/** `marker` is part of what a middleware sees of a result. */
type Result = { marker: unknown; ok: true; data: unknown } | { marker: unknown; ok: false; error: TRPCError };
type Middleware = (step: object) => Promise<Result | undefined>;

interface Chain {
  middlewares: readonly Middleware[];
  meta: unknown;
}

/**
 * Calls a procedure just as `procedure(call)` does: its middlewares, input and output checks and resolver, in order.
 *
 * @trpc/server copies the call once or twice for each of these by a helper that defines property by property, which
 * takes several times as long as two zod checks; here object literals do. A procedure is called itself where it is not the
 * plain chain of middlewares of this copy of @trpc/server (a `caller` of its own, a wrapper, another copy), and every one
 * where that version runs its chains otherwise than we do, which is tried out once as this module is loaded.
 *
 * @throws TRPCError, as the procedure's own function
 */
export async function callProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  const chain = chainOf(procedure);
  return chain === undefined ? procedure(call as Parameters<AnyTRPCProcedure>[0]) : runChain(chain, call);
}

async function runChain(chain: Chain, call: ProcedureCall): Promise<unknown> {
  const result = await runFrom(0, chain, call);
  // What a middleware returns that has forgotten next() is whatever it returns.
  if (!result) {
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'No result from middlewares - did you forget to `return next()`?',
    });
  }
  if (!result.ok) throw result.error;
  return result.data;
}

/** Runs a procedure's chain ourselves; rejects where it has none that can be read. */
export async function runItsChain(procedure: AnyTRPCProcedure, call: object): Promise<unknown> {
  const chain = readChain(procedure);
  if (chain === undefined) throw new Error('This is no plain chain of middlewares.');
  return runChain(chain, call as ProcedureCall);
}

let asOurs = false;
void runsAs(initTRPC.create(), runItsChain).then((same) => {
  asOurs = same;
});

/** `unknown` until it is found out whose procedure it is. */
const chains = new WeakMap<AnyTRPCProcedure, Chain | 'none' | 'unknown'>();

function chainOf(procedure: AnyTRPCProcedure): Chain | undefined {
  if (!asOurs) return undefined;
  const known = chains.get(procedure);
  if (known === undefined) learn(procedure);
  return typeof known === 'object' ? known : undefined;
}

function learn(procedure: AnyTRPCProcedure): void {
  const chain = readChain(procedure);
  chains.set(procedure, chain === undefined ? 'none' : 'unknown');
  if (chain === undefined) return;
  void isOfThisCopy(procedure).then((isOurs) => chains.set(procedure, isOurs ? chain : 'none'));
}

function readChain(procedure: AnyTRPCProcedure): Chain | undefined {
  if (!isPlain(procedure)) return undefined;
  const { middlewares, meta, caller, experimental_caller } = procedure._def as {
    middlewares?: unknown;
    meta?: unknown;
    caller?: unknown;
    experimental_caller?: unknown;
  };
  if (caller !== undefined || experimental_caller === true) return undefined;
  if (!Array.isArray(middlewares) || middlewares.length === 0) return undefined;
  return middlewares.every((one) => typeof one === 'function') ? { middlewares, meta } : undefined;
}

/** What a middleware may pass on by `next()`. */
interface Next {
  ctx?: object;
  input?: unknown;
  getRawInput?: ProcedureCall['getRawInput'];
}

async function runFrom(index: number, chain: Chain, call: ProcedureCall): Promise<Result | undefined> {
  try {
    const middleware = chain.middlewares[index] as Middleware;
    return await middleware({
      ...call,
      meta: chain.meta,
      input: call.input,
      next: (next?: Next) => runFrom(index + 1, chain, next ? passedOn(call, next) : call),
    });
  } catch (cause) {
    return { ok: false, error: getTRPCErrorFromUnknown(cause), marker: 'middlewareMarker' };
  }
}

function passedOn(call: ProcedureCall, next: Next): ProcedureCall {
  return {
    ...call,
    ctx: next.ctx ? { ...(call.ctx as object), ...next.ctx } : call.ctx,
    input: 'input' in next ? next.input : call.input,
    getRawInput: next.getRawInput ?? call.getRawInput,
  };
}
