import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, httpSubscriptionLink } from '@trpc/client';
import { initTRPC, lazy, TRPCError } from '@trpc/server';
import { EventSource } from 'eventsource';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.create({ isDev: false });

describe('documented: routers', () => {
  it('nests routers, made by router() or as plain objects', async () => {
    const router = t.router({
      made: t.router({ deep: t.router({ name: t.procedure.query(() => 'made') }) }),
      plain: { deep: { name: t.procedure.query(() => 'plain') } },
    });
    const { url, requests } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] });
    expect(await Promise.all([client.made.deep.name.query(), client.plain.deep.name.query()])).toEqual([
      'made',
      'plain',
    ]);
    expect(requests).toEqual(['GET made.deep.name,plain.deep.name']);
  });

  it('merges routers into one namespace', async () => {
    const cats = t.router({ catList: t.procedure.query(() => ['Tom']) });
    const dogs = t.router({ dogAdd: t.procedure.input(z.string()).mutation(({ input }) => input) });
    const router = t.mergeRouters(cats, dogs);
    const { url } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.catList.query()).toEqual(['Tom']);
    expect(await client.dogAdd.mutate('Rex')).toBe('Rex');
  });

  it('loads a lazy router when it is first called, by whatever link', async () => {
    const loads = { birds: 0, fish: 0 };
    const birdRouter = t.router({
      list: t.procedure.query(() => ['Robin']),
      song: t.procedure.subscription(async function* () {
        yield 'tweet';
      }),
    });
    const fishRouter = t.router({ tank: { count: t.procedure.query(() => 3) } });
    const router = t.router({
      birds: lazy(async () => {
        loads.birds++;
        return { birdRouter };
      }),
      fish: lazy(async () => {
        loads.fish++;
        return fishRouter;
      }),
    });
    const { url } = await serveWire(router);
    expect(loads).toEqual({ birds: 0, fish: 0 });
    const batching = createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] });
    expect(await Promise.all([batching.birds.list.query(), batching.birds.list.query()])).toEqual([
      ['Robin'],
      ['Robin'],
    ]);
    expect(loads).toEqual({ birds: 1, fish: 0 });
    const streaming = createTRPCClient<typeof router>({ links: [httpBatchStreamLink({ url })] });
    expect(await streaming.fish.tank.count.query()).toBe(3);
    const listening = createTRPCClient<typeof router>({ links: [httpSubscriptionLink({ url, EventSource })] });
    for await (const sound of listening.birds.song.subscribe()) expect(sound).toBe('tweet');
    expect(loads).toEqual({ birds: 1, fish: 1 });
  });

  it('serves a router whose paths have another separator than the dot', async () => {
    const s = initTRPC.create({ isDev: false, pathSeparator: '~' });
    const router = s.router({
      zoo: { cats: { get: s.procedure.input(z.int()).query(({ input, path }) => `${path} ${input}`) } },
      auth: { login: s.procedure.mutation(() => 'in') },
    });
    const { url, requests } = await serveWire(router, { wire: { refuseInBatch: (path) => path === 'auth.login' } });
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url, pathSeparator: '~' })] });
    expect(await Promise.all([client.zoo.cats.get.query(1), client.zoo.cats.get.query(2)])).toEqual([
      'zoo.cats.get 1',
      'zoo.cats.get 2',
    ]);
    expect(await client.auth.login.mutate()).toBe('in');
    const twice = await Promise.allSettled([client.auth.login.mutate(), client.auth.login.mutate()]);
    expect(twice.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(requests[0]).toBe('GET zoo~cats~get,zoo~cats~get');
    const streaming = createTRPCClient<typeof router>({ links: [httpBatchStreamLink({ url, pathSeparator: '~' })] });
    expect(await streaming.zoo.cats.get.query(3)).toBe('zoo.cats.get 3');
  });
});

describe('documented: validators', () => {
  it('takes a plain function as a validator of input and output', async () => {
    const text = (value: unknown): string => {
      if (typeof value === 'string') return value;
      throw new Error('not a text');
    };
    const router = t.router({
      shout: t.procedure
        .input(text)
        .output(text)
        .query(({ input }) => input.toUpperCase()),
      lie: t.procedure.output(text).query(() => 7 as unknown as string),
    });
    const { url } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.shout.query('hello')).toBe('HELLO');
    await expect(client.shout.query(7 as unknown as string)).rejects.toMatchObject({
      message: 'not a text',
      data: { code: 'BAD_REQUEST' },
    });
    await expect(client.lie.query()).rejects.toMatchObject({
      message: 'Output validation failed',
      data: { httpStatus: 500 },
    });
  });

  it('gives the procedure what the schema makes of the input, and the caller what it makes of the output', async () => {
    const router = t.router({
      plan: t.procedure
        .input(z.object({ day: z.iso.date().transform((day) => new Date(day)), seats: z.int().default(2) }))
        .output(z.object({ year: z.number(), seats: z.number() }))
        .query(({ input }) => ({ year: input.day.getUTCFullYear(), seats: input.seats, secret: 'stripped' })),
    });
    const { url } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.plan.query({ day: '2031-02-03' })).toEqual({ year: 2031, seats: 2 });
  });

  it('merges the inputs of a base procedure and of the procedure made from it', async () => {
    const seen: string[] = [];
    const inTown = t.procedure.input(z.object({ town: z.string() })).use(({ input, next }) => {
      seen.push(input.town);
      return next({ ctx: { greeting: `Welcome to ${input.town}` } });
    });
    const router = t.router({
      greet: inTown
        .input(z.object({ name: z.string() }))
        .query(({ ctx, input }) => `${ctx.greeting}, ${input.name} of ${input.town}`),
    });
    const { url } = await serveWire(router);
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url })] });
    expect(await client.greet.query({ town: 'Ulm', name: 'Ada' })).toBe('Welcome to Ulm, Ada of Ulm');
    await expect(client.greet.query({ town: 'Bonn' } as never)).rejects.toMatchObject({
      data: { code: 'BAD_REQUEST' },
    });
    expect(seen).toEqual(['Ulm', 'Bonn']);
  });
});

describe('documented: context', () => {
  /** What does not depend on a request, and what does. */
  const inner = (session: { name: string } | null) => ({ db: new Map([['motto', 'slowly']]), session });
  type Context = ReturnType<typeof inner> & { ip?: string };
  const c = initTRPC.context<Context>().create({ isDev: false });
  const router = c.router({
    motto: c.procedure.query(({ ctx }) => ctx.db.get('motto')),
    me: c.procedure.query(({ ctx }) => `${ctx.session?.name ?? 'nobody'} at ${ctx.ip ?? 'nowhere'}`),
    rename: c.procedure.mutation(() => true),
  });

  it('is made once for a batch, from the request', async () => {
    let made = 0;
    const { url } = await serveWire(router, {
      wire: {
        createContext: async ({ req, res, info }) => {
          made++;
          res.header('x-calls', info.calls.length);
          const { authorization } = req.headers;
          return { ...inner(authorization === undefined ? null : { name: authorization }), ip: req.ip };
        },
      },
    });
    const responses: Response[] = [];
    const client = createTRPCClient<typeof router>({
      links: [
        httpBatchLink({
          url,
          headers: { authorization: 'ada' },
          fetch: async (input, init) => {
            const response = await fetch(input, init as RequestInit);
            responses.push(response);
            return response;
          },
        }),
      ],
    });
    expect(await Promise.all([client.motto.query(), client.me.query()])).toEqual(['slowly', 'ada at 127.0.0.1']);
    expect(made).toBe(1);
    expect(responses.map(({ headers }) => headers.get('x-calls'))).toEqual(['2']);
  });

  it('knows by info what is called, how, and with what input', async () => {
    const infos: object[] = [];
    const { url } = await serveWire(router, {
      wire: {
        createContext: async ({ info }) => {
          const calls = await Promise.all(
            info.calls.map(async ({ path, procedure, getRawInput }) => [
              path,
              procedure?._def.type,
              await getRawInput(),
            ]),
          );
          infos.push({ calls, batch: info.isBatchCall, accept: info.accept, type: info.type, at: info.url?.pathname });
          return inner(null);
        },
      },
    });
    const call = async (link: typeof httpBatchLink | typeof httpBatchStreamLink) => {
      const client = createTRPCClient<typeof router>({ links: [link({ url })] });
      await Promise.all([client.me.query('x' as never), client.rename.mutate()]);
    };
    await call(httpBatchLink);
    await call(httpBatchStreamLink);
    const query = { calls: [['me', 'query', 'x']], batch: true, type: 'query', at: '/trpc/me' };
    const mutation = { calls: [['rename', 'mutation', undefined]], batch: true, type: 'mutation', at: '/trpc/rename' };
    expect(infos).toHaveLength(4);
    for (const accept of [null, 'application/jsonl']) {
      expect(infos).toContainEqual({ ...query, accept });
      expect(infos).toContainEqual({ ...mutation, accept });
    }
  });

  it('fails every call of its batch when it cannot be made', async () => {
    const { url } = await serveWire(router, {
      wire: {
        createContext: () => {
          throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Expired' });
        },
      },
    });
    const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url })] });
    const expired = { status: 'rejected', reason: { message: 'Expired', data: { httpStatus: 401 } } };
    expect(await Promise.allSettled([client.me.query(), client.motto.query()])).toMatchObject([expired, expired]);
  });
});

describe('documented: metadata', () => {
  it('has a default, is merged along a chain, and is read by a middleware', async () => {
    interface Meta {
      signedIn?: boolean;
      role?: 'member' | 'admin';
    }
    const m = initTRPC
      .context<{ role: string | null }>()
      .meta<Meta>()
      .create({ isDev: false, defaultMeta: { signedIn: false } });
    const base = m.procedure.use(({ ctx, meta, next }) => {
      if (meta?.signedIn === true && ctx.role === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
      if (meta?.role !== undefined && meta.role !== ctx.role) throw new TRPCError({ code: 'FORBIDDEN' });
      return next();
    });
    const member = base.meta({ signedIn: true, role: 'member' });
    const router = m.router({
      open: base.query(({ path }) => path),
      members: member.query(({ path }) => path),
      admins: member.meta({ role: 'admin' }).query(({ path }) => path),
    });
    const { url } = await serveWire(router, {
      wire: { createContext: ({ req }) => ({ role: req.headers['x-role'] ?? null }) },
    });
    const outcomes = async (headers: Record<string, string>) => {
      const client = createTRPCClient<typeof router>({ links: [httpBatchLink({ url, headers })] });
      const calls = [client.open.query(), client.members.query(), client.admins.query()];
      const settled = await Promise.allSettled(calls);
      return settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.data.httpStatus));
    };
    expect(await outcomes({})).toEqual(['open', 401, 401]);
    expect(await outcomes({ 'x-role': 'member' })).toEqual(['open', 'members', 403]);
    expect(await outcomes({ 'x-role': 'admin' })).toEqual(['open', 403, 'admins']);
  });
});
