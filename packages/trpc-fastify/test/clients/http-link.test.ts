import { createTRPCClient, httpLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';

interface Context {
  user: string | null;
}

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => ({
    ...shape,
    data: { ...shape.data, user: ctx?.user ?? null, reason: error.cause?.message ?? null },
  }),
});

const router = t.router({
  shelf: t.router({
    echo: t.procedure.input(z.unknown()).query(({ input }) => ({ input })),
    add: t.procedure.input(z.strictObject({ title: z.string().max(50) })).mutation(({ input }) => input.title),
    buy: t.procedure.mutation(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'Sold out', cause: new Error('none left') });
    }),
  }),
  whoAmI: t.procedure.query(({ ctx }) => ctx.user),
});

const nextRelease = t.router({ shelf: t.router({ sell: t.procedure.mutation(() => true) }) });

const wire = {
  createContext: ({ req }: { req: { headers: Record<string, unknown> } }): Context => ({
    user: typeof req.headers['x-user'] === 'string' ? req.headers['x-user'] : null,
  }),
};

async function open(options: Partial<Parameters<typeof httpLink<typeof router>>[0]> = {}, allowMethodOverride = false) {
  const served = await serveWire(router, { wire: { ...wire, allowMethodOverride } });
  return { ...served, client: createTRPCClient<typeof router>({ links: [httpLink({ url: served.url, ...options })] }) };
}

describe('httpLink', () => {
  it('asks queries by GET and mutations by POST, one request a call', async () => {
    const { client, requests } = await open();
    expect(await Promise.all([client.whoAmI.query(), client.shelf.add.mutate({ title: 'Tea' })])).toEqual([
      null,
      'Tea',
    ]);
    expect(requests.toSorted()).toEqual(['GET whoAmI', 'POST shelf.add']);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['zero', 0],
    ['what URLs treat specially', { 'a&b=c#d?%25,+ ': '/?&#%2F,+;=' }],
    ['other scripts and emoji', ['日本語', 'Ελλάδα', '🫖 \u0000 \u2028']],
    ['deep data', { a: [{ b: [{ c: [{ d: null }] }] }] }],
  ])('carries %s to the procedure and back', async (_name, input) => {
    const { client } = await open();
    expect(await client.shelf.echo.query(input)).toEqual(input === undefined ? {} : { input });
  });

  it('asks queries by POST under a method override', async () => {
    const { client, requests } = await open({ methodOverride: 'POST' }, true);
    expect(await client.shelf.echo.query('x'.repeat(20_000))).toEqual({ input: 'x'.repeat(20_000) });
    expect(requests).toEqual(['POST shelf.echo']);
  });

  it('gets 405 under a method override that the server has not allowed', async () => {
    const { client } = await open({ methodOverride: 'POST' });
    await expect(client.whoAmI.query()).rejects.toMatchObject({
      data: { code: 'METHOD_NOT_SUPPORTED', httpStatus: 405 },
    });
  });

  it('gives errors their data, shape and response', async () => {
    const { client } = await open({ headers: { 'x-user': 'alice' } });
    const error = await client.shelf.buy.mutate().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TRPCClientError);
    const data = { code: 'CONFLICT', httpStatus: 409, path: 'shelf.buy', user: 'alice', reason: 'none left' };
    expect(error).toMatchObject({ message: 'Sold out', data, shape: { code: -32_009, message: 'Sold out', data } });
    const response = (error as TRPCClientError<typeof router>).meta?.response as Response;
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('gives an error for an input that does not fit, and for a procedure that is not there', async () => {
    const { client, url } = await open();
    await expect(client.shelf.add.mutate({ title: 'x'.repeat(51) })).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST', httpStatus: 400, path: 'shelf.add' },
    });
    const newer = createTRPCClient<typeof nextRelease>({ links: [httpLink({ url })] });
    await expect(newer.shelf.sell.mutate()).rejects.toMatchObject({ data: { code: 'NOT_FOUND', httpStatus: 404 } });
  });

  it('sends headers, for all calls or by call', async () => {
    const fixed = await open({ headers: { 'X-User': 'bob' } });
    expect(await fixed.client.whoAmI.query()).toBe('bob');
    const byCall = await open({ headers: async ({ op }) => ({ 'x-user': String(op.context.as) }) });
    expect(await byCall.client.whoAmI.query(undefined, { context: { as: 'carol' } })).toBe('carol');
  });

  it("aborts the procedure's signal when the caller aborts", async () => {
    const started = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const waiting = t.router({
      wait: t.procedure.query(async ({ signal }) => {
        signal?.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
        return 'over';
      }),
    });
    const { url } = await serveWire(waiting);
    const client = createTRPCClient<typeof waiting>({ links: [httpLink({ url })] });
    const leave = new AbortController();
    const call = client.wait.query(undefined, { signal: leave.signal });
    const outcome = expect(call).rejects.toBeInstanceOf(TRPCClientError);
    await started.promise;
    leave.abort();
    await outcome;
    await aborted.promise;
  });

  it('carries through a transformer what JSON cannot', async () => {
    const s = initTRPC.create({ transformer: superjson, isDev: false });
    const rich = s.router({
      later: s.procedure
        .input(z.strictObject({ at: z.date(), tags: z.set(z.string()), none: z.undefined() }))
        .query(({ input }) => ({
          at: new Date(input.at.getTime() + 1000),
          count: BigInt(input.tags.size),
          map: new Map([[1, input.tags]]),
        })),
      fail: s.procedure.input(z.date()).mutation(() => {
        throw new TRPCError({ code: 'FORBIDDEN', message: 'Not today' });
      }),
    });
    const { url } = await serveWire(rich);
    const client = createTRPCClient<typeof rich>({ links: [httpLink({ url, transformer: superjson })] });
    const tags = new Set(['a', 'b']);
    const answer = await client.later.query({ at: new Date(5), tags, none: undefined });
    expect(answer).toEqual({ at: new Date(1005), count: 2n, map: new Map([[1, tags]]) });
    await expect(client.fail.mutate(new Date())).rejects.toMatchObject({
      message: 'Not today',
      data: { httpStatus: 403 },
    });
  });
});
