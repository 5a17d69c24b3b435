import { initTRPC, lazy, type TRPC_ERROR_CODE_KEY, TRPCError, type TRPCPathSeparator, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { z } from 'zod';
import { dateTransformer } from './date-transformer.ts';

/** What happened while a request was answered: contexts made, calls, inputs read, errors heard. */
export type Journal = string[];

export interface WireTestContext {
  user: string | null;
  params: Record<string, string> | null;
  journal: Journal;
}

export interface WireTestMeta {
  wire?: { body: { types: ('multipart/form-data' | 'application/octet-stream')[]; limit: number } };
}

export interface WireRouterOptions {
  transformer?: boolean;
  pathSeparator?: TRPCPathSeparator;
  /** Adds type, input and user to `error.data`, and throws for the message `unformattable`. */
  formatter?: boolean;
  sse?: boolean;
}

export const ERROR_CODES = [
  'PARSE_ERROR',
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'METHOD_NOT_SUPPORTED',
  'CONFLICT',
  'PAYLOAD_TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'CLIENT_CLOSED_REQUEST',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
] as const satisfies readonly TRPC_ERROR_CODE_KEY[];

export const SECRET = 'duplicate key violates "secret_idx"';

/** Whether a call of this path has asked for its input: what it is told of it otherwise is a matter of who was faster. */
export function hasAsked(journal: Journal | undefined, path: string | undefined): boolean {
  return journal?.some((line) => line.startsWith('input') && line.endsWith(`: ${path}`)) === true;
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

async function* counting(to: number, failAt = -1) {
  for (let n = 0; n < to; n++) {
    if (n === failAt) throw new TRPCError({ code: 'CONFLICT', message: `failed at ${n}` });
    await tick();
    yield n;
  }
  return 'done';
}

async function* events(to: number, failAt = -1): AsyncGenerator<number, void> {
  yield* counting(to, failAt);
}

/** A router with everything that a tRPC server can do on the wire. Each call writes to its context's journal. */
export function wireRouter(options: WireRouterOptions = {}) {
  const t = initTRPC
    .context<WireTestContext>()
    .meta<WireTestMeta>()
    .create({
      isDev: false,
      ...(options.transformer === true ? { transformer: dateTransformer } : {}),
      ...(options.pathSeparator === undefined ? {} : { pathSeparator: options.pathSeparator }),
      sse: { enabled: options.sse ?? true, client: { reconnectAfterInactivityMs: 5_000 } },
      ...(options.formatter === false
        ? {}
        : {
            errorFormatter: ({ shape, error, type, path, input, ctx }) => {
              if (error.message === 'unformattable') throw new Error('The formatter broke.');
              const issues = error.cause instanceof z.ZodError ? error.cause.issues.length : null;
              const asked = hasAsked(ctx?.journal, path) ? (input ?? null) : null;
              const data = { ...shape.data, type, input: asked, user: ctx?.user ?? null, issues };
              return { ...shape, data };
            },
          }),
    });

  const procedure = t.procedure.use(({ ctx, path, type, batchIndex, next, getRawInput }) => {
    ctx.journal.push(`call ${batchIndex}: ${type} ${path}`);
    return next({
      getRawInput: () => {
        ctx.journal.push(`input ${batchIndex}: ${path}`);
        return getRawInput();
      },
    });
  });
  const member = procedure.use(({ ctx, next }) => {
    if (ctx.user === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' });
    return next({ ctx: { user: ctx.user } });
  });
  const Item = z.strictObject({
    name: z.string().max(40),
    stars: z.int().min(0).default(0),
    tags: z.array(z.string()).optional(),
  });

  return t.router({
    ping: procedure.query(() => 'pong'),
    about: procedure.query(({ path, ctx, signal }) => ({ path, ctx: ctx.params, aborted: signal?.aborted })),
    echo: t.router({
      any: procedure.input(z.unknown()).query(({ input }) => ({ got: input })),
      bare: procedure.input(z.unknown()).query(({ input }) => input),
      item: procedure.input(Item).query(({ input }) => input),
      text: procedure.input(z.string().max(50).optional()).query(async ({ input }) => {
        await tick();
        return input ?? 'nothing';
      }),
      date: procedure.input(z.date().or(z.iso.datetime())).query(({ input }) => ({ at: input, now: new Date(0) })),
      twice: procedure
        .input(z.object({ a: z.number() }))
        .input(z.object({ b: z.number() }))
        .query(({ input }) => input.a + input.b),
      raw: procedure
        .use(async ({ getRawInput, next }) => next({ ctx: { raw: await getRawInput() } }))
        .query(({ ctx }) => ({ raw: ctx.raw })),
    }),
    items: t.router({
      create: procedure.input(Item).mutation(({ input }) => ({ ...input, id: 1 })),
      rename: member.input(Item.pick({ name: true })).mutation(({ ctx, input }) => `${ctx.user}: ${input.name}`),
      mine: member.input(z.object({ limit: z.int() })).query(({ ctx, input }) => ({ ...input, user: ctx.user })),
      keep: procedure.input(z.unknown()).mutation(({ input }) => ({ kept: input })),
      touch: procedure.mutation(() => ({ touched: true })),
      clear: procedure.mutation(() => undefined),
      login: procedure.input(z.unknown()).mutation(() => 'in'),
      a: t.router({ b: t.router({ c: procedure.query(() => 'deep') }) }),
    }),
    later: lazy(async () => ({
      laterRouter: t.router({
        hello: procedure.input(z.string()).query(({ input }) => `later, ${input}`),
        save: procedure.input(Item).mutation(({ input }) => input),
        still: lazy(async () => t.router({ later: procedure.query(() => 'still later') })),
      }),
    })),
    gone: lazy(async (): Promise<ReturnType<typeof t.router>> => {
      throw new Error('Cannot find the module.');
    }),
    output: t.router({
      nothing: procedure.query(() => undefined),
      null: procedure.query(() => null),
      odd: procedure.query(() => ({
        nan: Number.NaN,
        zero: -0,
        none: undefined,
        date: new Date(0),
        list: [undefined],
      })),
      checked: procedure.output(z.object({ id: z.string() })).query(() => ({ id: 'x', extra: true })),
      wrong: procedure.output(z.object({ id: z.string() })).query(() => ({ id: 1 }) as unknown as { id: string }),
      big: procedure.query(() => ({ n: 10n }) as unknown),
      loop: procedure.query(() => {
        const loop: { self?: unknown } = {};
        loop.self = loop;
        return loop as unknown;
      }),
      throws: procedure.query(
        () =>
          ({
            toJSON: () => {
              throw new Error('toJSON broke');
            },
          }) as unknown,
      ),
      teapot: procedure.query(() => 'short and stout'),
    }),
    fail: t.router({
      code: procedure.input(z.enum(ERROR_CODES)).query(({ input }) => {
        throw new TRPCError({ code: input, message: `It is ${input}.` });
      }),
      save: procedure.input(z.enum(ERROR_CODES)).mutation(({ input }) => {
        throw new TRPCError({ code: input, cause: new Error('its cause') });
      }),
      plain: procedure.query(() => {
        throw new Error(SECRET);
      }),
      words: procedure.query(() => {
        throw 'just words';
      }),
      object: procedure.mutation(() => {
        throw { code: 'NOT_FOUND', message: 'no error at all' };
      }),
      cause: procedure.query(() => {
        throw new TRPCError({ code: 'NOT_FOUND', message: 'Not here.', cause: new Error(SECRET) });
      }),
      unformattable: procedure.query(() => {
        throw new TRPCError({ code: 'CONFLICT', message: 'unformattable' });
      }),
    }),
    stream: t.router({
      count: procedure.input(z.int().max(5)).query(({ input }) => counting(input)),
      breaks: procedure.input(z.int().max(5)).query(({ input }) => counting(5, input)),
      save: procedure.mutation(() => counting(2)),
      promised: procedure.query(() => ({
        now: 1,
        soon: tick().then(() => 'soon'),
        deep: { soon: Promise.resolve(1) },
      })),
      rejected: procedure.query(() => {
        const soon = tick().then(() => Promise.reject(new Error(SECRET)));
        // Where the answer is no stream, nobody else listens to it.
        soon.catch(() => undefined);
        return { soon, at: new Date(0) };
      }),
      mixed: procedure.query(() => ({ rows: counting(3), after: counting(1).next() })),
      big: procedure.query(() => ({ n: Promise.resolve(10n) as Promise<unknown> })),
    }),
    watch: t.router({
      plain: procedure.input(z.int().max(5)).subscription(({ input }) => events(input)),
      tracked: procedure
        .input(z.object({ lastEventId: z.string().max(50).optional(), to: z.int().max(5).optional() }).optional())
        .subscription(async function* ({ input }) {
          const from = Number(input?.lastEventId ?? -1) + 1;
          for (let n = from; n < (input?.to ?? 2); n++) yield tracked(String(n), { n, at: new Date(n) });
          yield { untracked: input?.lastEventId ?? null };
        }),
      breaks: procedure.input(z.int().max(5)).subscription(({ input }) => events(5, input)),
      crashes: member.subscription(async function* () {
        yield 1;
        throw new Error(SECRET);
      }),
      observed: procedure.subscription(() =>
        observable<number>((emit) => {
          emit.next(1);
          emit.next(2);
          emit.complete();
        }),
      ),
      nothing: procedure.subscription(() => 'no iterable' as unknown as AsyncIterable<string>),
    }),
    upload: t.router({
      form: procedure
        .meta({ wire: { body: { types: ['multipart/form-data'], limit: 10_000 } } })
        .input(z.instanceof(FormData))
        .mutation(({ input }) => [...input.entries()].map(([name, value]) => [name, String(value)])),
      bytes: procedure
        .meta({ wire: { body: { types: ['application/octet-stream'], limit: 10_000 } } })
        .input(z.instanceof(ReadableStream))
        .mutation(async ({ input }) => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of input as ReadableStream<Uint8Array>) chunks.push(chunk);
          return Buffer.concat(chunks).toString('latin1');
        }),
    }),
    'with space': procedure.query(() => 'a space'),
    'half/way': procedure.query(() => 'a slash'),
    '50%': procedure.query(() => 'a percent sign'),
    'ünï😀': procedure.query(() => 'beyond ASCII'),
  });
}
