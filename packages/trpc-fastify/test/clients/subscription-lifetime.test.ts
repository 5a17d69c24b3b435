import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { initTRPC, tracked } from '@trpc/server';
import { EventSource } from 'eventsource';
import type { FastifyServerOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Feed } from '../fixtures/feed.ts';
import { reconnectSoon } from '../fixtures/reconnect-soon.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

type SseOptions = NonNullable<Parameters<typeof initTRPC.create>[0]>['sse'];

const within = { timeout: 60_000 };

async function open(sse: SseOptions, server: FastifyServerOptions = {}) {
  const feed = new Feed();
  const t = initTRPC.create({ isDev: false, ...(sse === undefined ? {} : { sse }) });
  const router = t.router({
    news: t.procedure
      .input(z.strictObject({ lastEventId: z.string().max(20).optional() }).optional())
      .subscription(({ input, signal }) => feed.after(input?.lastEventId, signal)),
    /** One event for a connection, then silence. */
    once: t.procedure
      .input(z.strictObject({ lastEventId: z.string().max(20).optional() }).optional())
      .subscription(async function* ({ input, signal }) {
        const id = Number(input?.lastEventId ?? 0) + 1;
        yield tracked(String(id), id);
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      }),
    never: t.procedure.query(
      ({ signal }) =>
        new Promise<string>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    ),
  });
  const served = await serveWire(router, { fastify: server });
  /** Everything that came over the wire, of all connections. */
  const received = { text: '' };
  const client = createTRPCClient<typeof router>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url: served.url,
          EventSource,
          eventSourceOptions: {
            async fetch(url, init) {
              const response = await reconnectSoon(url, init as RequestInit);
              const listening = new TransformStream<Uint8Array, Uint8Array>({
                transform(chunk, controller) {
                  received.text += new TextDecoder().decode(chunk);
                  controller.enqueue(chunk);
                },
              });
              return new Response(response.body?.pipeThrough(listening) ?? null, response);
            },
          },
        }),
        false: httpLink({ url: served.url }),
      }),
    ],
  });
  return { ...served, client, feed, received };
}

describe('the life of a subscription', () => {
  it("outlives the app's handler timeout, which plain queries do not", async () => {
    const { client, feed, requests } = await open(undefined, { handlerTimeout: 2_000 });
    const seen: string[] = [];
    const subscription = client.news.subscribe(undefined, { onData: ({ id }) => seen.push(id) });
    feed.add('early');
    await expect.poll(() => seen, within).toEqual(['1']);
    await expect(client.never.query()).rejects.toMatchObject({
      data: { code: 'SERVICE_UNAVAILABLE', httpStatus: 503 },
    });
    // By then the timeout of the subscription, which began before, would have passed too.
    feed.add('late');
    await expect.poll(() => seen, within).toEqual(['1', '2']);
    expect(requests).toEqual(['GET news', 'GET never']);
    subscription.unsubscribe();
    await expect.poll(() => feed.readers, within).toEqual({ begun: 1, over: 1 });
  });

  it('is ended by maxDurationMs, and resumes without a gap', async () => {
    const { client, feed, requests } = await open({ maxDurationMs: 150 });
    const seen: string[] = [];
    const subscription = client.news.subscribe(undefined, { onData: ({ id }) => seen.push(id) });
    for (let count = 1; count <= 5; count++) {
      feed.add('event');
      await expect.poll(() => feed.readers.over, within).toBeGreaterThanOrEqual(count);
    }
    await expect.poll(() => seen, within).toEqual(['1', '2', '3', '4', '5']);
    expect(requests.length).toBeGreaterThanOrEqual(5);
    subscription.unsubscribe();
    await expect.poll(() => feed.readers.over === feed.readers.begun, within).toBe(true);
  });

  it('is kept alive by pings while nothing happens', async () => {
    const { client, feed, received, requests } = await open({
      ping: { enabled: true, intervalMs: 30 },
      client: { reconnectAfterInactivityMs: 60_000 },
    });
    const seen: string[] = [];
    const subscription = client.news.subscribe(undefined, { onData: ({ data }) => seen.push(data) });
    await expect.poll(() => received.text.split('event: ping').length, within).toBeGreaterThan(5);
    feed.add('after the silence');
    await expect.poll(() => seen, within).toEqual(['after the silence']);
    expect(requests).toEqual(['GET news']);
    subscription.unsubscribe();
    await expect.poll(() => feed.readers, within).toEqual({ begun: 1, over: 1 });
  });

  it('is begun anew by the client after inactivity, from the last id', async () => {
    const { client, requests } = await open({ client: { reconnectAfterInactivityMs: 100 } });
    const seen: number[] = [];
    const reasons: string[] = [];
    const subscription = client.once.subscribe(undefined, {
      onData: ({ data }) => seen.push(data),
      onConnectionStateChange: ({ error }) => error !== null && reasons.push(error.message),
    });
    await expect.poll(() => seen.length, within).toBeGreaterThanOrEqual(3);
    subscription.unsubscribe();
    expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
    expect(reasons[0]).toMatch(/^Timeout of 100ms/);
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });
});
