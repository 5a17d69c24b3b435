import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, splitLink } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WireOptions } from '../../src/wire/wire-options.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

/** A `fetch` that keeps the heads of what it has fetched. */
function keeping() {
  const responses: Response[] = [];
  return {
    responses,
    fetch: async (url: string | URL | Request, init?: object): Promise<Response> => {
      const response = await fetch(url, init as RequestInit);
      responses.push(response);
      return response;
    },
  };
}

describe('documented: response caching', () => {
  const t = initTRPC.context<{ user: string }>().create({ isDev: false });
  const router = t.router({
    public: t.router({
      time: t.procedure.query(() => 'noon'),
      fail: t.procedure.query(() => {
        throw new TRPCError({ code: 'NOT_FOUND' });
      }),
      vote: t.procedure.mutation(() => 'counted'),
    }),
    me: t.procedure.query(({ ctx }) => ctx.user),
  });

  const cacheWhatIsPublic: WireOptions['responseMeta'] = ({ paths, errors, type, eagerGeneration }) => {
    const cacheable =
      type === 'query' && !eagerGeneration && errors.length === 0 && paths?.every((path) => path.startsWith('public.'));
    return cacheable === true ? { headers: new Headers({ 'cache-control': 's-maxage=1' }) } : {};
  };

  it.each([
    ['a public query', ['public.time'], 's-maxage=1'],
    ['a batch of public queries', ['public.time', 'public.time'], 's-maxage=1'],
    ['a public query that fails', ['public.fail'], null],
    ['a batch of which one fails', ['public.time', 'public.fail'], null],
    ['a private query', ['me'], null],
    ['a batch with a private query', ['public.time', 'me'], null],
  ])('lets responseMeta decide for %s', async (_name, paths, expected) => {
    const { url } = await serveWire(router, {
      wire: { createContext: () => ({ user: 'ada' }), responseMeta: cacheWhatIsPublic },
    });
    const { responses, fetch } = keeping();
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url, fetch })] });
    const calls = { 'public.time': client.public.time, 'public.fail': client.public.fail, me: client.me };
    await Promise.allSettled(paths.map((path) => calls[path as keyof typeof calls].query()));
    expect(responses.map(({ headers }) => headers.get('cache-control'))).toEqual([expected]);
  });

  it('does not cache a mutation, nor a stream, whose results are not known when its head is sent', async () => {
    const eager: boolean[] = [];
    const { url } = await serveWire(router, {
      wire: {
        createContext: () => ({ user: 'ada' }),
        responseMeta: (known) => {
          eager.push(known.eagerGeneration);
          return cacheWhatIsPublic(known);
        },
      },
    });
    const { responses, fetch } = keeping();
    const client = createTRPCClient<typeof router>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'mutation',
          true: httpLink({ url, fetch }),
          false: httpBatchStreamLink({ url, fetch }),
        }),
      ],
    });
    expect(await client.public.vote.mutate()).toBe('counted');
    expect(await client.public.time.query()).toBe('noon');
    expect(responses.map(({ headers }) => headers.get('cache-control'))).toEqual([null, null]);
    expect(eager).toEqual([false, true]);
  });

  it('sets status, cookies and other headers by the context and the data', async () => {
    const known: object[] = [];
    const { url } = await serveWire(router, {
      wire: {
        createContext: () => ({ user: 'ada' }),
        responseMeta: ({ ctx, data, paths, info }) => {
          known.push({ ctx, data, paths, batch: info?.isBatchCall });
          const headers = new Headers({ 'x-user': String(ctx?.user), vary: 'x-user' });
          headers.append('set-cookie', 'a=1');
          headers.append('set-cookie', 'b=2');
          return { status: 203, headers };
        },
      },
    });
    const { responses, fetch } = keeping();
    const plain = createTRPCClient<typeof router>({ links: [httpLink({ url, fetch })] });
    expect(await plain.me.query()).toBe('ada');
    const streaming = createTRPCClient<typeof router>({ links: [httpBatchStreamLink({ url, fetch })] });
    expect(await streaming.me.query()).toBe('ada');
    for (const { status, headers } of responses) {
      expect(status).toBe(203);
      expect(headers.get('x-user')).toBe('ada');
      expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(headers.get('vary')).toMatch(/trpc-accept.*x-user/);
    }
    expect(known).toEqual([
      { ctx: { user: 'ada' }, data: [{ result: { data: 'ada' } }], paths: ['me'], batch: false },
      { ctx: { user: 'ada' }, data: [], paths: ['me'], batch: true },
    ]);
  });

  it('takes headers as a plain object too', async () => {
    const { url } = await serveWire(router, {
      wire: { responseMeta: () => ({ headers: { 'x-one': '1', 'x-many': ['a', 'b'], 'set-cookie': ['a=1', 'b=2'] } }) },
    });
    for (const link of [httpLink, httpBatchStreamLink]) {
      const { responses, fetch } = keeping();
      const client = createTRPCClient<typeof router>({ links: [link({ url, fetch })] });
      await client.public.time.query();
      expect(responses[0]?.headers.get('x-one')).toBe('1');
      expect(responses[0]?.headers.get('x-many')).toBe('a, b');
      expect(responses[0]?.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    }
  });

  it('sets a header that a procedure or the context gives to the reply', async () => {
    const r = initTRPC.context<{ setHeader(name: string, value: string): void }>().create({ isDev: false });
    const own = r.router({
      logIn: r.procedure.mutation(({ ctx }) => {
        ctx.setHeader('set-cookie', 'session=1; HttpOnly');
        return 'in';
      }),
    });
    const { url } = await serveWire(own, {
      wire: { createContext: ({ res }) => ({ setHeader: (name: string, value: string) => res.header(name, value) }) },
    });
    const { responses, fetch } = keeping();
    const client = createTRPCClient<typeof own>({ links: [httpLink({ url, fetch })] });
    expect(await client.logIn.mutate()).toBe('in');
    expect(responses[0]?.headers.getSetCookie()).toEqual(['session=1; HttpOnly']);
  });
});

describe('documented: data transformers', () => {
  /** Words in, words reversed on the wire. */
  const reversed = {
    serialize: (value: unknown): unknown =>
      JSON.stringify(value ?? null)
        .split('')
        .reverse()
        .join(''),
    deserialize: (value: unknown): unknown => JSON.parse(String(value).split('').reverse().join('')),
  };
  const upper = {
    serialize: (value: unknown): unknown => ({ UP: value }),
    deserialize: (value: unknown): unknown => (value as { UP: unknown }).UP,
  };

  it.each([
    ['one for both ways', reversed],
    ['one for each way', { input: reversed, output: upper }],
  ])('takes %s, over every link', async (_name, transformer) => {
    const t = initTRPC.create({ transformer, isDev: false });
    const router = t.router({
      greet: t.procedure.input(z.strictObject({ name: z.string() })).query(({ input }) => `Hello ${input.name}`),
      fail: t.procedure.mutation(() => {
        throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
      }),
    });
    const { url, requests } = await serveWire(router);
    for (const link of [
      httpLink({ url, transformer }),
      httpBatchLink({ url, transformer }),
      httpBatchStreamLink({ url, transformer }),
    ]) {
      const client = createTRPCClient<typeof router>({ links: [link] });
      const answers = await Promise.all([client.greet.query({ name: 'Ada' }), client.greet.query({ name: 'Bob' })]);
      expect(answers).toEqual(['Hello Ada', 'Hello Bob']);
      await expect(client.fail.mutate()).rejects.toMatchObject({ message: 'Taken', data: { httpStatus: 409 } });
    }
    expect(requests).toHaveLength(7);
  });

  it('answers 400, not 500, to an input that the transformer cannot read', async () => {
    const transformer = reversed;
    const t = initTRPC.create({ transformer, isDev: false });
    const router = t.router({ greet: t.procedure.input(z.string()).query(({ input }) => input) });
    const { url } = await serveWire(router);
    const response = await fetch(`${url}/greet?input=${encodeURIComponent('"not reversed"')}`);
    expect(response.status).toBe(400);
  });
});
