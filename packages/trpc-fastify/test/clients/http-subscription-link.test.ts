import { createTRPCClient, httpSubscriptionLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Feed } from '../fixtures/feed.ts';
import { reconnectSoon } from '../fixtures/reconnect-soon.ts';
import { serveWire } from '../fixtures/serve-wire.ts';
import { openResponse } from '../fixtures/sockets.ts';

const t = initTRPC.context<{ token?: string }>().create({ isDev: false });

function newsRouter(feed: Feed) {
  let falls = 0;
  return t.router({
    news: t.procedure
      .input(z.strictObject({ lastEventId: z.string().max(20).nullish() }).optional())
      .subscription(({ input, signal }) => feed.after(input?.lastEventId, signal)),
    three: t.procedure.subscription(async function* () {
      yield 'a';
      yield 'b';
      yield 'c';
    }),
    forbidden: t.procedure.subscription(async function* () {
      yield 'a';
      throw new TRPCError({ code: 'FORBIDDEN', message: 'Not for you' });
    }),
    refused: t.procedure
      .use(() => {
        throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Who are you?' });
      })
      .subscription(async function* () {}),
    /** Fails by 5xx after every second event, until it has been read to its end. */
    stumbling: t.procedure
      .input(z.strictObject({ lastEventId: z.string().max(20).optional() }).optional())
      .subscription(async function* ({ input, signal }) {
        let given = 0;
        for await (const envelope of feed.after(input?.lastEventId, signal)) {
          yield envelope;
          if (++given === 2 && falls++ < 2) throw new Error('connection terminated by the database');
        }
      }),
    room: t.procedure.input(z.strictObject({ name: z.string().max(5) })).subscription(async function* ({ ctx, input }) {
      yield `${ctx.token ?? 'nobody'} in ${input.name}`;
    }),
  });
}

type NewsRouter = ReturnType<typeof newsRouter>;
type LinkOptions = Partial<Parameters<typeof httpSubscriptionLink<NewsRouter, typeof EventSource>>[0]>;

async function open(options: LinkOptions = {}) {
  const feed = new Feed();
  const errors: TRPCError[] = [];
  const served = await serveWire(newsRouter(feed), {
    wire: {
      createContext: ({ info }) => ({ token: info.connectionParams?.token }),
      onError: ({ error }) => errors.push(error),
    },
  });
  const client = createTRPCClient<NewsRouter>({
    links: [
      httpSubscriptionLink({
        url: served.url,
        EventSource,
        eventSourceOptions: { fetch: reconnectSoon },
        ...options,
      }),
    ],
  });
  return { ...served, client, feed, errors };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
const within = { timeout: 60_000 };

describe('httpSubscriptionLink', () => {
  it('delivers events as they happen', async () => {
    const { client, feed, requests } = await open();
    const seen: unknown[] = [];
    const subscription = client.news.subscribe(undefined, { onData: (event) => seen.push(event) });
    for (const event of range(1, 5)) {
      feed.add(`event ${event}`);
      await expect.poll(() => seen.at(-1), within).toEqual({ id: event, data: `event ${event}` });
    }
    expect(seen).toHaveLength(5);
    expect(requests).toEqual(['GET news']);
    subscription.unsubscribe();
  });

  it('resumes after a cut connection where it was, with no gap and nothing twice', async () => {
    const { client, feed, requests, cut } = await open();
    const seen: string[] = [];
    const states: string[] = [];
    const subscription = client.news.subscribe(undefined, {
      onData: ({ id, data }) => seen.push(`${id}=${data}`),
      onConnectionStateChange: ({ state }) => states.push(state),
    });
    const expected: string[] = [];
    for (let round = 0; round < 4; round++) {
      const during = range(round * 10 + 1, round * 10 + 5);
      const between = range(round * 10 + 6, round * 10 + 10);
      feed.add(...during);
      expected.push(...during.map((id) => `${id}=${id}`));
      await expect.poll(() => seen.length, within).toBe(expected.length);
      cut();
      feed.add(...between);
      expected.push(...between.map((id) => `${id}=${id}`));
      await expect.poll(() => seen.length, within).toBe(expected.length);
    }
    expect(seen).toEqual(expected);
    expect(requests).toEqual(Array(5).fill('GET news'));
    expect(states).toEqual(['connecting', ...Array(5).fill(['pending', 'connecting']).flat()].slice(0, -1));
    expect(feed.readers).toMatchObject({ begun: 5 });
    await expect.poll(() => feed.readers.over, within).toBe(4);
    subscription.unsubscribe();
  });

  it('starts after the id that the caller already has', async () => {
    const { client, feed } = await open();
    feed.add(...range(1, 5));
    const seen: string[] = [];
    const subscription = client.news.subscribe({ lastEventId: '3' }, { onData: ({ id }) => seen.push(id) });
    await expect.poll(() => seen, within).toEqual(['4', '5']);
    subscription.unsubscribe();
  });

  it('aborts the signal and ends the iterator when the caller unsubscribes', async () => {
    const { client, feed } = await open();
    feed.add('1');
    const started = Promise.withResolvers<void>();
    const subscription = client.news.subscribe(undefined, { onData: () => started.resolve() });
    await started.promise;
    expect(feed.readers).toEqual({ begun: 1, over: 0 });
    subscription.unsubscribe();
    await expect.poll(() => feed.readers, within).toEqual({ begun: 1, over: 1 });
  });

  it('ends the iterator when a loop over the subscription is left', async () => {
    const { client, feed, requests } = await open();
    feed.add(...range(1, 5));
    const seen: string[] = [];
    for await (const { id } of client.news.subscribe()) {
      seen.push(id);
      if (id === '2') break;
    }
    expect(seen).toEqual(['1', '2']);
    await expect.poll(() => feed.readers, within).toEqual({ begun: 1, over: 1 });
    expect(requests).toHaveLength(1);
  });

  it('aborts the signal of a subscription that has not begun yet', async () => {
    const started = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const waking = t.router({
      wake: t.procedure.subscription(async ({ signal }) => {
        signal?.addEventListener('abort', () => aborted.resolve());
        started.resolve();
        await aborted.promise;
        return (async function* () {})();
      }),
    });
    const { url } = await serveWire(waking);
    const client = createTRPCClient<typeof waking>({ links: [httpSubscriptionLink({ url, EventSource })] });
    const subscription = client.wake.subscribe(undefined, { onData: () => undefined });
    await started.promise;
    subscription.unsubscribe();
    await aborted.promise;
  });

  it('completes when the procedure returns, and does not come again', async () => {
    const { client, requests } = await open();
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      client.three.subscribe(undefined, { onData: (item) => seen.push(item), onComplete: resolve, onError: reject });
    });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(requests).toEqual(['GET three']);
  });

  it.each(['forbidden', 'refused'] as const)(
    'gives the caller the error of a subscription that is %s',
    async (name) => {
      const { client, errors, requests } = await open();
      const error = await new Promise<unknown>((resolve) => client[name].subscribe(undefined, { onError: resolve }));
      expect(error).toBeInstanceOf(TRPCClientError);
      const expected = {
        forbidden: { message: 'Not for you', data: { code: 'FORBIDDEN', httpStatus: 403, path: 'forbidden' } },
        refused: { message: 'Who are you?', data: { code: 'UNAUTHORIZED', httpStatus: 401, path: 'refused' } },
      };
      expect(error).toMatchObject(expected[name]);
      expect(errors.map(({ code }) => code)).toContain(expected[name].data.code);
      expect(requests).toEqual([`GET ${name}`]);
    },
  );

  it('gives the caller an error for an input that does not fit', async () => {
    const { client } = await open();
    const call = new Promise<unknown>((resolve) => client.room.subscribe({ name: 'cellar' }, { onError: resolve }));
    expect(await call).toMatchObject({ data: { code: 'BAD_REQUEST', httpStatus: 400, path: 'room' } });
  });

  it('reconnects after an unexpected error without its message, and goes on after the last id', async () => {
    const { client, feed, errors } = await open();
    feed.add(...range(1, 6));
    const seen: string[] = [];
    const reasons: string[] = [];
    const subscription = client.stumbling.subscribe(undefined, {
      onData: ({ id }) => seen.push(id),
      onConnectionStateChange: ({ error }) => error?.data && reasons.push(`${error.data.code}: ${error.message}`),
    });
    await expect.poll(() => seen, within).toEqual(range(1, 6));
    expect(reasons).toEqual(Array(2).fill('INTERNAL_SERVER_ERROR: Internal server error'));
    expect(errors.map(({ cause }) => cause?.message)).toEqual(Array(2).fill('connection terminated by the database'));
    subscription.unsubscribe();
  });

  it('takes connection params to the context, and input to the procedure', async () => {
    const { client } = await open({ connectionParams: async () => ({ token: 'alice' }) });
    const seen: string[] = [];
    for await (const item of client.room.subscribe({ name: 'hall' })) seen.push(item);
    expect(seen).toEqual(['alice in hall']);
  });

  it('says that the answer is a stream of events that nobody may keep or change', async () => {
    const { url, feed } = await open();
    feed.add('1');
    const response = await openResponse(`${url}/news`);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    expect(response.headers['cache-control']).toContain('no-transform');
    response.destroy();
  });

  it('carries events through a transformer', async () => {
    const s = initTRPC.create({ transformer: superjson, isDev: false });
    const days = s.router({
      days: s.procedure.input(z.date()).subscription(async function* ({ input }) {
        yield new Date(input.getTime() + 1);
        yield new Date(input.getTime() + 2);
      }),
    });
    const { url } = await serveWire(days);
    const client = createTRPCClient<typeof days>({
      links: [httpSubscriptionLink({ url, EventSource, transformer: superjson })],
    });
    const seen: Date[] = [];
    for await (const day of client.days.subscribe(new Date(0))) seen.push(day);
    expect(seen).toEqual([new Date(1), new Date(2)]);
  });
});
