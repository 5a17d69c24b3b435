import { EventEmitter, on } from 'node:events';
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { initTRPC, isTrackedEnvelope, type TRPCError, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { EventSource } from 'eventsource';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reconnectSoon } from '../fixtures/reconnect-soon.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.create({ isDev: false });
const within = { timeout: 60_000 };

const Post = z.object({ id: z.string(), title: z.string() });
type Post = z.infer<typeof Post>;

/** Checks each item of an iterable, and strips what the schema does not know. */
function checked<T>(item: z.ZodType<T>) {
  return z
    .custom<AsyncIterable<[id: string, data: unknown, symbol]>>((value) => Symbol.asyncIterator in Object(value))
    .transform(async function* (items) {
      for await (const envelope of items) {
        if (!isTrackedEnvelope(envelope)) throw new Error('not tracked');
        yield tracked(envelope[0], item.parse(envelope[1]));
      }
    });
}

function forum() {
  const bus = new EventEmitter();
  const posts: Post[] = [];
  const counters = { cleaned: 0, listeners: () => bus.listenerCount('add') };
  const router = t.router({
    post: t.router({
      add: t.procedure.input(z.strictObject({ title: z.string().max(50) })).mutation(({ input }) => {
        const post = { id: String(posts.length + 1), ...input };
        posts.push(post);
        bus.emit('add', post);
        return post;
      }),
      /** Listens before it looks back, so that nothing falls between. */
      onAdd: t.procedure
        .input(z.strictObject({ lastEventId: z.string().max(20).nullish() }).optional())
        .subscription(async function* ({ input, signal }) {
          const fresh = on(bus, 'add', signal === undefined ? {} : { signal });
          try {
            let last = Number(input?.lastEventId ?? 0);
            for (const post of posts.slice(last)) {
              yield tracked(post.id, post);
              last = Number(post.id);
            }
            for await (const [post] of fresh) {
              if (Number(post.id) > last) yield tracked(String(post.id), Post.parse(post));
            }
          } finally {
            counters.cleaned++;
          }
        }),
    }),
    countdown: t.procedure.input(z.int().min(0).max(10)).subscription(async function* ({ input }) {
      for (let left = input; left >= 0; left--) yield left;
    }),
    checked: t.procedure.output(checked(Post)).subscription(async function* () {
      yield tracked('1', { id: '1', title: 'fine', secret: 'stripped' });
      yield tracked('2', { id: 2, title: 'its id is no text' });
    }),
    watched: t.procedure.subscription(() =>
      observable<number>((emit) => {
        emit.next(1);
        emit.next(2);
        emit.complete();
      }),
    ),
  });
  return { router, counters };
}

async function open() {
  const { router, counters } = forum();
  const errors: TRPCError[] = [];
  const served = await serveWire(router, { wire: { onError: ({ error }) => errors.push(error) } });
  const client = createTRPCClient<typeof router>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url: served.url, EventSource, eventSourceOptions: { fetch: reconnectSoon } }),
        false: httpBatchStreamLink({ url: served.url }),
      }),
    ],
  });
  return { ...served, client, counters, errors };
}

describe('documented: subscriptions', () => {
  it('gives every subscriber what somebody adds, also after a cut connection', async () => {
    const { client, counters, cut } = await open();
    await client.post.add.mutate({ title: 'before' });
    const seen: string[][] = [[], []];
    const subscriptions = seen.map((titles) =>
      client.post.onAdd.subscribe(undefined, { onData: ({ data }) => titles.push(data.title) }),
    );
    await expect.poll(() => seen, within).toEqual([['before'], ['before']]);
    await client.post.add.mutate({ title: 'live' });
    await expect.poll(() => seen, within).toEqual(Array(2).fill(['before', 'live']));
    cut();
    await client.post.add.mutate({ title: 'missed' });
    await expect.poll(() => seen, within).toEqual(Array(2).fill(['before', 'live', 'missed']));
    for (const subscription of subscriptions) subscription.unsubscribe();
    await expect.poll(() => counters, within).toMatchObject({ cleaned: 4 });
    expect(counters.listeners()).toBe(0);
  });

  it('is stopped by the server when its generator returns', async () => {
    const { client, requests } = await open();
    const seen: number[] = [];
    for await (const left of client.countdown.subscribe(3)) seen.push(left);
    expect(seen).toEqual([3, 2, 1, 0]);
    expect(requests).toEqual(['GET countdown']);
  });

  it('has its items checked by its output schema', async () => {
    const { client, errors } = await open();
    const seen: object[] = [];
    const failed = Promise.withResolvers<unknown>();
    const subscription = client.checked.subscribe(undefined, {
      onData: ({ data }) => seen.push(data),
      onConnectionStateChange: ({ error }) => error !== null && failed.resolve(error),
    });
    expect(await failed.promise).toMatchObject({
      message: 'Internal server error',
      data: { code: 'INTERNAL_SERVER_ERROR' },
    });
    subscription.unsubscribe();
    expect(seen[0]).toEqual({ id: '1', title: 'fine' });
    expect(errors[0]?.cause).toBeInstanceOf(z.ZodError);
  });

  it('may still be an observable', async () => {
    const { client } = await open();
    const seen: number[] = [];
    for await (const item of client.watched.subscribe()) seen.push(item);
    expect(seen).toEqual([1, 2]);
  });

  it('is refused in a batch', async () => {
    const { url } = await open();
    const response = await fetch(`${url}/countdown,countdown?batch=1&input=${encodeURIComponent('{"0":1,"1":1}')}`);
    expect(await response.json()).toMatchObject(Array(2).fill({ error: { data: { code: 'BAD_REQUEST' } } }));
  });
});
