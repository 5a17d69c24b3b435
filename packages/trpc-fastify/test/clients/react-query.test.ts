import {
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryClientProvider,
  QueryObserver,
  skipToken,
  useSuspenseQuery,
} from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createTRPCContext, createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { EventSource } from 'eventsource';
import { createElement, Suspense } from 'react';
import { renderToReadableStream } from 'react-dom/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Feed } from '../fixtures/feed.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.create({ isDev: false });
const within = { timeout: 60_000 };

function booksRouter() {
  const shelf = ['Emma', 'Ulysses', 'Dune', 'Momo', 'Heidi', 'Krabat', 'Faust'];
  const feed = new Feed();
  const counters = { aborted: 0, waiting: 0 };
  const router = t.router({
    books: t.router({
      get: t.procedure.input(z.strictObject({ at: z.int().min(0).max(99) })).query(({ input }) => {
        const title = shelf[input.at];
        if (title === undefined) throw new TRPCError({ code: 'NOT_FOUND', message: 'No such book' });
        return { title };
      }),
      page: t.procedure
        .input(
          z.object({
            limit: z.int().min(1).max(5),
            cursor: z.int().min(0).nullish(),
            direction: z.string().optional(),
          }),
        )
        .query(({ input }) => {
          const start = input.cursor ?? 0;
          const end = start + input.limit;
          return { items: shelf.slice(start, end), next: end < shelf.length ? end : null };
        }),
      count: t.procedure.query(() => shelf.length),
      add: t.procedure
        .input(z.strictObject({ title: z.string().min(1).max(20) }))
        .mutation(({ input }) => shelf.push(input.title)),
      read: t.procedure.query(async function* () {
        yield* ['It', 'was', 'a', 'night'];
      }),
      wait: t.procedure.query(async ({ signal }) => {
        counters.waiting++;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        counters.aborted++;
        return '';
      }),
      added: t.procedure
        .input(z.strictObject({ lastEventId: z.string().max(20).optional() }).optional())
        .subscription(({ input, signal }) => feed.after(input?.lastEventId, signal)),
    }),
  });
  return { router, feed, counters };
}

type BooksRouter = ReturnType<typeof booksRouter>['router'];

async function open({ streaming = false } = {}) {
  const { router, feed, counters } = booksRouter();
  const { url, requests } = await serveWire(router);
  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  onTestFinished(() => queryClient.clear());
  const client = createTRPCClient<BooksRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, EventSource }),
        false: streaming ? httpBatchStreamLink({ url }) : httpBatchLink({ url }),
      }),
    ],
  });
  const trpc = createTRPCOptionsProxy<BooksRouter>({ client, queryClient });
  return { client, queryClient, trpc, feed, counters, requests };
}

const { TRPCProvider, useTRPC } = createTRPCContext<BooksRouter>();

function Book({ at }: { at: number }) {
  const { data } = useSuspenseQuery(useTRPC().books.get.queryOptions({ at }));
  return createElement('li', null, data.title);
}

describe('@trpc/tanstack-react-query', () => {
  it('fetches queries, batched, and caches each under its own key', async () => {
    const { queryClient, trpc, requests } = await open();
    const answers = await Promise.all([0, 1].map((at) => queryClient.fetchQuery(trpc.books.get.queryOptions({ at }))));
    expect(answers).toEqual([{ title: 'Emma' }, { title: 'Ulysses' }]);
    expect(await queryClient.fetchQuery(trpc.books.get.queryOptions({ at: 1 }))).toEqual({ title: 'Ulysses' });
    expect(queryClient.getQueryData(trpc.books.get.queryKey({ at: 0 }))).toEqual({ title: 'Emma' });
    expect(requests).toEqual(['GET books.get,books.get']);
  });

  it('gives typed errors', async () => {
    const { queryClient, trpc } = await open();
    const error = await queryClient
      .fetchQuery(trpc.books.get.queryOptions({ at: 50 }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({
      message: 'No such book',
      data: { code: 'NOT_FOUND', httpStatus: 404, path: 'books.get' },
    });
  });

  it('asks nothing for a skipped input', async () => {
    const { queryClient, trpc, requests } = await open();
    const observer = new QueryObserver(queryClient, trpc.books.get.queryOptions(skipToken));
    const stop = observer.subscribe(() => undefined);
    // Another query's round trip: a request of the first would have come before it.
    await queryClient.fetchQuery(trpc.books.count.queryOptions());
    expect(observer.getCurrentResult()).toMatchObject({ fetchStatus: 'idle', status: 'pending' });
    expect(requests).toEqual(['GET books.count']);
    stop();
  });

  it('pages by cursor, every page at once or one after the other', async () => {
    const { queryClient, trpc, requests } = await open();
    const options = trpc.books.page.infiniteQueryOptions({ limit: 3 }, { getNextPageParam: ({ next }) => next });
    const all = await queryClient.fetchInfiniteQuery({ ...options, pages: 5 });
    expect(all.pages.map(({ items }) => items)).toEqual([
      ['Emma', 'Ulysses', 'Dune'],
      ['Momo', 'Heidi', 'Krabat'],
      ['Faust'],
    ]);
    expect(requests).toHaveLength(3);

    const observer = new InfiniteQueryObserver(
      queryClient,
      trpc.books.page.infiniteQueryOptions({ limit: 4 }, { getNextPageParam: ({ next }) => next }),
    );
    const stop = observer.subscribe(() => undefined);
    await expect.poll(() => observer.getCurrentResult().data?.pages.length, within).toBe(1);
    expect(observer.getCurrentResult().hasNextPage).toBe(true);
    const { data, hasNextPage } = await observer.fetchNextPage();
    expect(data?.pages.flatMap(({ items }) => items)).toHaveLength(7);
    expect(hasNextPage).toBe(false);
    stop();
  });

  it('mutates, and an observed query that is invalidated is asked again', async () => {
    const { queryClient, trpc, requests } = await open();
    const counting = new QueryObserver(queryClient, trpc.books.count.queryOptions());
    const stop = counting.subscribe(() => undefined);
    await expect.poll(() => counting.getCurrentResult().data, within).toBe(7);
    const adding = new MutationObserver(
      queryClient,
      trpc.books.add.mutationOptions({
        onSuccess: () => queryClient.invalidateQueries(trpc.books.count.queryFilter()),
      }),
    );
    expect(await adding.mutate({ title: 'Tiger' })).toBe(8);
    expect(counting.getCurrentResult().data).toBe(8);
    await expect(adding.mutate({ title: '' })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } });
    expect(requests).toEqual(['GET books.count', 'POST books.add', 'GET books.count', 'POST books.add']);
    stop();
  });

  it('gathers the items of a streamed query in its cache', async () => {
    const { queryClient, trpc } = await open({ streaming: true });
    expect(await queryClient.fetchQuery(trpc.books.read.queryOptions())).toEqual(['It', 'was', 'a', 'night']);
  });

  it('aborts the procedure of a query that is cancelled, where the caller asks for it', async () => {
    const { queryClient, trpc, counters } = await open();
    const options = trpc.books.wait.queryOptions(undefined, { trpc: { abortOnUnmount: true } });
    const call = queryClient.fetchQuery(options);
    const outcome = expect(call).rejects.toThrow();
    await expect.poll(() => counters.waiting, within).toBe(1);
    await queryClient.cancelQueries({ queryKey: options.queryKey });
    await outcome;
    await expect.poll(() => counters.aborted, within).toBe(1);
  });

  it('subscribes by its options', async () => {
    const { trpc, feed } = await open();
    const seen: string[] = [];
    const started = Promise.withResolvers<void>();
    const options = trpc.books.added.subscriptionOptions(undefined);
    expect(options.enabled).toBe(true);
    const subscription = options.subscribe({ onStarted: started.resolve, onData: ({ data }) => seen.push(data) });
    await started.promise;
    feed.add('Tiger', 'Panther');
    await expect.poll(() => seen, within).toEqual(['Tiger', 'Panther']);
    subscription.unsubscribe();
    await expect.poll(() => feed.readers, within).toEqual({ begun: 1, over: 1 });
  });

  it('feeds components that a server renders', async () => {
    const { client, queryClient, requests } = await open();
    const books = [0, 2, 4].map((at) => createElement(Book, { key: at, at }));
    const list = createElement(Suspense, { fallback: 'Loading' }, createElement('ul', null, books));
    const provided = { trpcClient: client, queryClient, children: list };
    const cached = { client: queryClient, children: createElement(TRPCProvider, provided) };
    const page = await renderToReadableStream(createElement(QueryClientProvider, cached));
    await page.allReady;
    const html = await new Response(page).text();
    expect(html).toContain('<li>Emma</li><li>Dune</li><li>Heidi</li>');
    expect(requests).toEqual(['GET books.get,books.get,books.get']);
  });
});
