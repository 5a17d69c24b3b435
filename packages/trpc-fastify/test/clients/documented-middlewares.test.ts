import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client';
import { initTRPC, experimental_standaloneMiddleware as standaloneMiddleware, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';

interface User {
  id: string;
  isAdmin: boolean;
}

const t = initTRPC.context<{ user: User | null }>().create({ isDev: false });

const USERS: Record<string, User> = {
  ada: { id: 'ada', isAdmin: true },
  bob: { id: 'bob', isAdmin: false },
};

const wire = {
  createContext: ({ req }: { req: { headers: { authorization?: string } } }) => ({
    user: USERS[req.headers.authorization ?? ''] ?? null,
  }),
};

const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});

const admin = signedIn.use(({ ctx, next }) => {
  if (!ctx.user.isAdmin) throw new TRPCError({ code: 'FORBIDDEN', message: 'Admins only' });
  return next();
});

describe('documented: authorization', () => {
  it('lets each caller do what it may, in a batch as well', async () => {
    const ran: string[] = [];
    const router = t.router({
      hello: t.procedure.query(({ ctx }) => `hello ${ctx.user?.id ?? 'stranger'}`),
      secret: signedIn.query(({ ctx }) => `secret of ${ctx.user.id}`),
      wipe: admin.mutation(({ ctx }) => {
        ran.push(ctx.user.id);
        return 'wiped';
      }),
    });
    const { url } = await serveWire(router, { wire });
    const outcomes = async (authorization: string) => {
      const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url, headers: { authorization } })] });
      const settled = await Promise.allSettled([client.hello.query(), client.secret.query(), client.wipe.mutate()]);
      return settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.data.code));
    };
    expect(await outcomes('nobody')).toEqual(['hello stranger', 'UNAUTHORIZED', 'UNAUTHORIZED']);
    expect(await outcomes('bob')).toEqual(['hello bob', 'secret of bob', 'FORBIDDEN']);
    expect(await outcomes('ada')).toEqual(['hello ada', 'secret of ada', 'wiped']);
    expect(ran).toEqual(['ada']);
  });
});

describe('documented: middlewares', () => {
  it('sees the path, type and outcome of each call, for a log', async () => {
    const lines: string[] = [];
    const logged = t.procedure.use(async ({ path, type, next }) => {
      const result = await next();
      lines.push(`${type} ${path} ${result.ok ? 'ok' : result.error.code}`);
      return result;
    });
    const router = t.router({
      fine: logged.query(() => 1),
      fails: logged.query(() => {
        throw new Error('disk full');
      }),
      write: logged.input(z.string()).mutation(({ input }) => input),
    });
    const { url } = await serveWire(router, { wire });
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] });
    await Promise.allSettled([
      client.fine.query(),
      client.fails.query(),
      client.write.mutate('a'),
      client.write.mutate(1 as never),
    ]);
    expect(lines.toSorted()).toEqual([
      'mutation write BAD_REQUEST',
      'mutation write ok',
      'query fails INTERNAL_SERVER_ERROR',
      'query fine ok',
    ]);
  });

  it('reads the raw input before the schema has, and the checked one after', async () => {
    const seen: unknown[] = [];
    const router = t.router({
      get: t.procedure
        .use(async ({ getRawInput, input, next }) => {
          seen.push(['before', input, await getRawInput()]);
          return next();
        })
        .input(z.object({ id: z.string().transform(Number) }))
        .use(({ input, next }) => {
          seen.push(['after', input]);
          return next();
        })
        .query(({ input }) => input.id + 1),
    });
    const { url } = await serveWire(router, { wire });
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.get.query({ id: '6' })).toBe(7);
    expect(seen).toEqual([
      ['before', undefined, { id: '6' }],
      ['after', { id: 6 }],
    ]);
  });

  it('answers before the input is looked at, when it refuses', async () => {
    const router = t.router({ wipe: admin.input(z.object({ id: z.uuid() })).mutation(({ input }) => input.id) });
    const { url } = await serveWire(router, { wire });
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    await expect(client.wipe.mutate({ id: 'no uuid' })).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });

  it('extends the context for all that come after it, by concat, pipe and standalone middlewares', async () => {
    const plugin = initTRPC.context<object>().create();
    const timed = plugin.procedure.use(({ next }) => next({ ctx: { clock: 'noon' } }));
    const first = t.middleware(({ next }) => next({ ctx: { first: 1 } }));
    const second = first.unstable_pipe(({ ctx, next }) => next({ ctx: { second: ctx.first + 1 } }));
    const inProject = standaloneMiddleware<{ ctx: { user: User | null }; input: { project: string } }>().create(
      ({ ctx, input, next }) => {
        if (ctx.user?.id !== input.project) throw new TRPCError({ code: 'FORBIDDEN' });
        return next({ ctx: { project: input.project.toUpperCase() } });
      },
    );
    const router = t.router({
      clock: t.procedure.concat(timed).query(({ ctx }) => ctx.clock),
      sum: t.procedure.use(second).query(({ ctx }) => ctx.first + ctx.second),
      project: t.procedure
        .input(z.object({ project: z.string() }))
        .use(inProject)
        .query(({ ctx }) => ctx.project),
    });
    const { url } = await serveWire(router, { wire });
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url, headers: { authorization: 'bob' } })] });
    expect(await client.clock.query()).toBe('noon');
    expect(await client.sum.query()).toBe(3);
    expect(await client.project.query({ project: 'bob' })).toBe('BOB');
    await expect(client.project.query({ project: 'ada' })).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
  });

  it('may replace the input and the answer', async () => {
    const trimmed = t.procedure.input(z.object({ name: z.string() })).use(async ({ input, next }) => {
      const result = await next({ input: { name: input.name.trim() } });
      return result.ok ? { ...result, data: { wrapped: result.data } } : result;
    });
    const router = t.router({ greet: trimmed.query(({ input }) => `Hello ${input.name}`) });
    const { url } = await serveWire(router, { wire });
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.greet.query({ name: '  Ada ' })).toEqual({ wrapped: 'Hello Ada' });
  });
});
