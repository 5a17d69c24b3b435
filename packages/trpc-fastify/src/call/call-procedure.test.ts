import { type AnyTRPCProcedure, getTRPCErrorShape, initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { callProcedure, type ProcedureCall } from './call-procedure.ts';

interface Context {
  user: string;
  seen: unknown[];
}

const t = initTRPC.context<Context>().meta<{ can?: string }>().create({ isDev: false });

/** Records what each step of a procedure is given, in the context's list. */
const watch = t.middleware(async (step) => {
  const { next, ctx, getRawInput, ...rest } = step;
  ctx.seen.push({ ...rest, user: ctx.user, raw: await getRawInput(), keys: Object.keys(step).sort() });
  const result = await next();
  ctx.seen.push({ result: { ...result, ctx: undefined } });
  return result;
});

const watched = t.procedure.use(watch);

/** Every way of a procedure to use the chain. */
const procedures: Record<string, AnyTRPCProcedure> = {
  'one resolver': t.procedure.query(({ ctx, input, path, signal }) => [ctx.user, input, path, signal]),
  'a resolver that throws': watched.query(() => {
    throw new Error('internal');
  }),
  'a TRPCError with a cause': watched.mutation(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'no', cause: new RangeError('why') });
  }),
  'checks of input and output': watched
    .meta({ can: 'read' })
    .input(z.object({ id: z.coerce.number() }))
    .output(z.object({ id: z.number() }))
    .query(({ input }) => ({ ...input, secret: 1 })),
  'inputs that join': watched
    .input(z.object({ id: z.string() }))
    .use(watch)
    .input(z.object({ name: z.string().default('none') }))
    .use(watch)
    .query(({ input }) => input),
  'an input that is refused': watched.input(z.strictObject({ name: z.string() })).query(({ input }) => input),
  'an input that is checked asynchronously': watched
    .input(z.object({ id: z.string() }).refine(async ({ id }) => id === '7'))
    .query(({ input }) => input),
  'an output that is refused': watched.output(z.string()).query(() => 7 as unknown as string),
  'a context that grows': watched
    .use(({ next, ctx }) => next({ ctx: { user: `${ctx.user} the second` } }))
    .use(({ next }) => next({ ctx: { role: 'owner' } }))
    .use(watch)
    .query(({ ctx }) => [ctx.user, ctx.role]),
  'another raw input': watched
    .use(({ next }) => next({ getRawInput: async () => ({ id: 'other' }) }))
    .input(z.object({ id: z.string() }))
    .query(({ input }) => input),
  'a middleware that refuses': watched
    .use(() => {
      throw new TRPCError({ code: 'FORBIDDEN' });
    })
    .query(() => 'never'),
  'a middleware that looks at a failure': t.procedure
    .use(async ({ next }) => {
      const result = await next();
      if (result.ok) return result;
      throw new TRPCError({ code: 'BAD_REQUEST', message: `was ${result.error.code} ${Object.keys(result).sort()}` });
    })
    .query(() => {
      throw 'a text';
    }),
  'a middleware that tries twice': t.procedure
    .use(async ({ next }) => {
      await next();
      return next();
    })
    .query(({ ctx }) => ctx.seen.push('called')),
  'a middleware that goes two ways at once': watched
    .use(async ({ next }) => (await Promise.all([next({ ctx: { role: 'a' } }), next({ ctx: { role: 'b' } })]))[1])
    .query(({ ctx }) => [ctx.role, ctx.seen.push(ctx.role)]),
  'a middleware that passes another input on': watched
    .input(z.object({ id: z.string() }))
    .use(({ next }) => next({ input: undefined }))
    .use(watch)
    .query(({ input }) => input ?? 'nothing'),
  'a middleware that passes nothing on': t.procedure
    .use((({ next }: { next(given: unknown): unknown }) => next(null)) as never)
    .use(watch)
    .query(() => 'ran'),
  'a middleware that passes a text on': t.procedure
    .use((({ next }: { next(given: unknown): unknown }) => next('text')) as never)
    .query(() => 'never'),
  'a middleware that goes past the resolver': t.procedure
    .use((async () => ({ ok: true, data: 'early' })) as never)
    .query(() => 'never'),
  'a middleware that changes what it was given': t.procedure
    .use((step) => {
      Object.assign(step, { path: 'elsewhere', input: 'elsewhere' });
      return step.next();
    })
    .use(watch)
    .query(({ path }) => path),
  'a joined builder, with meta of both': watched
    .meta({ can: 'read' })
    .concat(
      t.procedure
        .meta({ can: 'write' })
        .input(z.object({ id: z.string() }))
        .use(watch),
    )
    .query(({ input }) => input),
  'a shape of its own for its errors': watched
    .errors(({ error, shape }) => (error.code === 'BAD_REQUEST' ? { ...shape, message: 'formatted' } : undefined))
    .input(z.object({ id: z.number() }))
    .query(() => 'never'),
  'a middleware that forgets next()': t.procedure.use((async () => undefined) as never).query(() => 'never'),
  'a caller of its own': watched
    .experimental_caller(async ({ invoke, args: [call] }) => ['called', await invoke(call as never)])
    .query(({ input }) => input ?? 'nothing') as unknown as AnyTRPCProcedure,
};

const { signal } = new AbortController();
const { _config: config } = t.router({})._def;

async function outcomeOf(run: (call: ProcedureCall) => Promise<unknown>, type: ProcedureCall['type']): Promise<object> {
  const seen: unknown[] = [];
  const call: ProcedureCall = {
    ctx: { user: 'alice', seen },
    path: 'notes.get',
    type,
    batchIndex: 3,
    signal,
    input: undefined,
    getRawInput: async () => ({ id: '7' }),
  };
  const given = { ...call };
  const outcome = await run(call).then(
    (data) => ({ data }),
    (error: TRPCError) => {
      const { name, code, message, cause } = error;
      const shape = getTRPCErrorShape({ config, error, type, path: undefined, input: undefined, ctx: undefined });
      return { name, code, message, cause, shape };
    },
  );
  expect(call).toEqual(given);
  return { outcome, seen };
}

describe('callProcedure', () => {
  it.each(Object.keys(procedures))('does as tRPC does with %s', async (name) => {
    const procedure = procedures[name] as AnyTRPCProcedure;
    const { type } = procedure._def;
    const expected = await outcomeOf((call) => procedure(call as never), type);
    for (let turn = 0; turn < 3; turn++) {
      expect(await outcomeOf((call) => callProcedure(procedure, call), type)).toEqual(expected);
    }
  });

  it('leaves a procedure that is not a plain chain of middlewares to the procedure itself', async () => {
    const procedure = vi.fn(async () => 'its own');
    for (const _def of [{}, { middlewares: [] }, { middlewares: ['text'] }]) {
      const other = Object.assign(procedure.bind(undefined), { _def }) as unknown as AnyTRPCProcedure;
      expect(await outcomeOf((call) => callProcedure(other, call), 'query')).toMatchObject({
        outcome: { data: 'its own' },
      });
    }
    expect(procedure).toHaveBeenCalledTimes(3);
  });

  it('calls what a host has put around a procedure', async () => {
    const plain = t.procedure.query(() => 'past the guard');
    const guard = async () => {
      throw new TRPCError({ code: 'FORBIDDEN' });
    };
    for (const guarded of [Object.assign(guard.bind(undefined), plain), new Proxy(plain, { apply: guard })]) {
      const procedure = guarded as unknown as AnyTRPCProcedure;
      expect(await outcomeOf((call) => callProcedure(procedure, call), 'query')).toMatchObject({
        outcome: { code: 'FORBIDDEN' },
      });
    }
  });

  it('does not call through the helper of tRPC where the chain is plain', async () => {
    const callers = t.procedure.use(({ next }) => next()).query(() => String(new Error('here').stack));
    const run = (call: ProcedureCall) => callProcedure(callers as unknown as AnyTRPCProcedure, call);
    // The first call finds out whose procedure it is.
    await outcomeOf(run, 'query');
    const { outcome } = (await outcomeOf(run, 'query')) as { outcome: { data: string } };
    expect(outcome.data).toContain('runFrom');
    expect(outcome.data).not.toContain('callRecursive');
  });
});
