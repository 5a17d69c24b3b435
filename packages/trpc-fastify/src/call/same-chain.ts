import { isDeepStrictEqual } from 'node:util';
import { type AnyTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';

type Given = Record<string, unknown>;
type Step = Given & { next(given?: unknown): Promise<unknown> };
type Invoke = (procedure: AnyTRPCProcedure, call: object) => Promise<unknown>;

const TRIAL = new Error('trial');
const rawInput = async () => TRIAL;

/** The text of the function that tRPC makes of a chain; one that a host has put around it has the same `_def`, and another text. */
const ITS_OWN = String(initTRPC.create().procedure.query(() => undefined));

/** Whether a procedure's function is, word for word, the one that this version makes of a chain. */
export const isPlain = (procedure: AnyTRPCProcedure): boolean => String(procedure) === ITS_OWN;

/**
 * Whether a plain procedure was made by this copy of @trpc/server, and not by another that a host has beside it: a call
 * whose arguments cannot be copied fails with the TRPCError of its copy before it comes to a middleware.
 */
export async function isOfThisCopy(procedure: AnyTRPCProcedure): Promise<boolean> {
  const trial = {
    getRawInput: undefined,
    get path() {
      throw TRIAL;
    },
  };
  return procedure(trial as never).then(
    () => false,
    (error: unknown) => error instanceof TRPCError && error.cause === TRIAL,
  );
}

/** What a middleware may hand to `next`, and what it must not. */
const HANDED: readonly unknown[] = [
  undefined,
  null,
  {},
  { ctx: { more: 1 } },
  { ctx: null, input: undefined },
  { input: 'another' },
  { getRawInput: () => TRIAL },
  { signal: 'another', path: 'another', type: 'another', batchIndex: 7, meta: { other: true }, extra: 1 },
];

/** How a chain may end. */
const ENDS: readonly (() => unknown)[] = [
  () => ({ output: 1 }),
  () => {
    throw TRIAL;
  },
  () => {
    throw new TRPCError({ code: 'CONFLICT', message: 'trial' });
  },
];

/** An error as callers tell it from others, whichever copy of tRPC has made it. */
function described(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { name, message, cause } = thrown;
  return { name, message, cause, code: Reflect.get(thrown, 'code'), keys: Object.keys(thrown) };
}

/** Runs trial procedures by `invoke`: all that their middlewares are given, and how they end. */
async function observe({ procedure }: Pick<ReturnType<typeof initTRPC.create>, 'procedure'>, invoke: Invoke) {
  const seen: unknown[] = [];
  const look = ({ next, ...given }: Step) => void seen.push(given, typeof next);
  const settled = async (made: AnyTRPCProcedure) => {
    const call = {
      ctx: { user: 1 },
      path: 'a.b',
      type: 'query',
      batchIndex: 3,
      signal: 's',
      input: 0,
      getRawInput: rawInput,
    };
    seen.push(await invoke(made, call).catch(described), call);
  };
  for (const handed of HANDED) {
    for (const end of ENDS) {
      const first = async (step: Step) => {
        look(step);
        const { ctx: _, ...result } = (await step.next(handed)) as Given;
        seen.push({ ...result, error: described(result.error) });
        return result;
      };
      const second = (step: Step) => {
        look(step);
        return step.next();
      };
      const chain = procedure.meta({ can: 1 }).use(first as never);
      await settled(chain.use(second as never).query(end) as unknown as AnyTRPCProcedure);
    }
  }
  for (const result of [undefined, null, { ok: true, data: 'early' }, { ok: false, error: TRIAL }]) {
    const early = async () => result;
    await settled(procedure.use(early as never).query(() => 'late') as unknown as AnyTRPCProcedure);
  }
  return seen;
}

/** Whether a tRPC runs its procedures as `invoke` does: what each middleware is given by every `next`, and every outcome. */
export async function runsAs(
  trpc: Pick<ReturnType<typeof initTRPC.create>, 'procedure'>,
  invoke: Invoke,
): Promise<boolean> {
  try {
    const itself = await observe(trpc, (procedure, call) => procedure(call as never));
    return isDeepStrictEqual(itself, await observe(trpc, invoke));
  } catch {
    return false;
  }
}
