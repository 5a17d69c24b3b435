import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  loggerLink,
  retryLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { EventSource } from 'eventsource';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Feed } from '../fixtures/feed.ts';
import { reconnectSoon } from '../fixtures/reconnect-soon.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.context<{ token: string | null }>().create({ isDev: false });

/** Each call of `flaky` fails by 503 until it has been tried three times. */
function flakyRouter() {
  const feed = new Feed();
  const attempts = { query: 0, mutation: 0, subscription: 0 };
  const busy = () => new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: 'Busy' });
  const router = t.router({
    plain: t.procedure.input(z.string().max(50)).query(({ input }) => input),
    flaky: t.procedure.query(() => {
      if (++attempts.query < 3) throw busy();
      return `after ${attempts.query}`;
    }),
    order: t.procedure.mutation(() => {
      attempts.mutation++;
      throw busy();
    }),
    news: t.procedure
      .input(z.strictObject({ lastEventId: z.string().max(20).optional() }).optional())
      .subscription(async function* ({ ctx, input, signal }) {
        attempts.subscription++;
        // A token is good for two events, as one that expires meanwhile would be.
        let left = 2;
        for await (const envelope of feed.after(input?.lastEventId, signal)) {
          if (left-- === 0) throw new TRPCError({ code: 'UNAUTHORIZED', message: `${ctx.token} is over` });
          yield envelope;
        }
      }),
  });
  return { router, feed, attempts };
}

type FlakyRouter = ReturnType<typeof flakyRouter>['router'];

async function open() {
  const made = flakyRouter();
  const served = await serveWire(made.router, {
    wire: { createContext: ({ info }) => ({ token: info.connectionParams?.token ?? null }) },
  });
  return { ...made, ...served };
}

describe('splitLink', () => {
  it('sends subscriptions by one link and calls by another', async () => {
    const { url, feed, requests } = await open();
    const client = createTRPCClient<FlakyRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'subscription',
          true: httpSubscriptionLink({ url, EventSource }),
          false: httpBatchLink({ url }),
        }),
      ],
    });
    feed.add('hello');
    expect(await Promise.all([client.plain.query('a'), client.plain.query('b')])).toEqual(['a', 'b']);
    for await (const { data } of client.news.subscribe()) {
      expect(data).toBe('hello');
      break;
    }
    expect(requests).toEqual(['GET plain,plain', 'GET news']);
  });

  it('sends calls alone or in a batch, as their context says', async () => {
    const { url, requests } = await open();
    const client = createTRPCClient<FlakyRouter>({
      links: [
        splitLink({
          condition: ({ context }) => context.alone === true,
          true: httpLink({ url }),
          false: httpBatchLink({ url }),
        }),
      ],
    });
    const alone = { context: { alone: true } };
    const calls = [
      client.plain.query('a'),
      client.plain.query('b', alone),
      client.plain.query('c'),
      client.plain.query('d', alone),
    ];
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd']);
    expect(requests.toSorted()).toEqual(['GET plain', 'GET plain', 'GET plain,plain']);
  });
});

describe('retryLink', () => {
  const retryQueries = retryLink<FlakyRouter>({
    retry: ({ op, error, attempts }) => op.type === 'query' && error.data?.httpStatus === 503 && attempts < 5,
    retryDelayMs: () => 5,
  });

  it('asks a query again that was answered 503, until it is answered', async () => {
    const { url, requests, attempts } = await open();
    const client = createTRPCClient<FlakyRouter>({ links: [retryQueries, httpLink({ url })] });
    expect(await client.flaky.query()).toBe('after 3');
    expect(attempts.query).toBe(3);
    expect(requests).toEqual(Array(3).fill('GET flaky'));
  });

  it('asks the failed calls of a batch again, and only those', async () => {
    const { url, requests } = await open();
    const client = createTRPCClient<FlakyRouter>({ links: [retryQueries, httpBatchLink({ url })] });
    expect(await Promise.all([client.plain.query('a'), client.flaky.query()])).toEqual(['a', 'after 3']);
    expect(requests).toEqual(['GET plain,flaky', 'GET flaky', 'GET flaky']);
  });

  it('does not send a mutation twice', async () => {
    const { url, attempts } = await open();
    const client = createTRPCClient<FlakyRouter>({ links: [retryQueries, httpLink({ url })] });
    await expect(client.order.mutate()).rejects.toMatchObject({ message: 'Busy', data: { httpStatus: 503 } });
    expect(attempts.mutation).toBe(1);
  });

  it('begins a subscription anew with a fresh token, after the last id', async () => {
    const { url, feed, attempts } = await open();
    feed.add('1', '2', '3', '4', '5');
    let tokens = 0;
    const refused: string[] = [];
    const client = createTRPCClient<FlakyRouter>({
      links: [
        retryLink({
          retry: ({ error }) => {
            refused.push(error.message);
            return error.data?.code === 'UNAUTHORIZED';
          },
        }),
        httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: { fetch: reconnectSoon },
          connectionParams: () => ({ token: `token ${++tokens}` }),
        }),
      ],
    });
    const seen: string[] = [];
    const subscription = client.news.subscribe(undefined, { onData: ({ data }) => seen.push(data) });
    await expect.poll(() => seen, { timeout: 60_000 }).toEqual(['1', '2', '3', '4', '5']);
    expect(refused).toEqual(['token 1 is over', 'token 2 is over']);
    expect(attempts.subscription).toBe(3);
    subscription.unsubscribe();
  });
});

describe('loggerLink', () => {
  it('sees the results and the errors of calls', async () => {
    const { url } = await open();
    const lines: string[] = [];
    const client = createTRPCClient<FlakyRouter>({
      links: [
        loggerLink({
          logger: (event) => {
            const failed = event.direction === 'down' && event.result instanceof TRPCClientError;
            lines.push(`${event.direction} ${event.path}${failed ? ' failed' : ''}`);
          },
        }),
        httpLink({ url }),
      ],
    });
    await client.plain.query('a');
    await client.order.mutate().catch(() => undefined);
    expect(lines).toEqual(['up plain', 'down plain', 'up order', 'down order failed']);
  });
});
