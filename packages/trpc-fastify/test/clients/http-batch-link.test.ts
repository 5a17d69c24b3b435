import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ServedWire, serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.create({ isDev: false });

/** A router whose `wait` holds on until it is aborted, or `release` is called. */
function fruitRouter() {
  const waiting = { started: 0, aborted: 0, release: Promise.withResolvers<string>() };
  const router = t.router({
    fruit: t.procedure.input(z.string().max(2000)).query(({ input }) => `${input}!`),
    pick: t.procedure.input(z.string().max(50)).mutation(({ input }) => input.length),
    rotten: t.procedure.query(() => {
      throw new TRPCError({ code: 'NOT_FOUND', message: 'Rotten' });
    }),
    wait: t.procedure.query(async ({ signal }) => {
      signal?.addEventListener('abort', () => waiting.aborted++);
      waiting.started++;
      return waiting.release.promise;
    }),
  });
  return { router, waiting };
}

type FruitRouter = ReturnType<typeof fruitRouter>['router'];

async function open(
  options: Partial<Parameters<typeof httpBatchLink<FruitRouter>>[0]> = {},
  settings?: Parameters<typeof serveWire>[1],
) {
  const { router, waiting } = fruitRouter();
  const served: ServedWire = await serveWire(router, settings);
  const statuses: number[] = [];
  const client = createTRPCClient<FruitRouter>({
    links: [
      httpBatchLink({
        url: served.url,
        async fetch(url, init) {
          const response = await fetch(url, init as RequestInit);
          statuses.push(response.status);
          return response;
        },
        ...options,
      }),
    ],
  });
  return { ...served, client, waiting, statuses };
}

const fruits = (count: number) => Array.from({ length: count }, (_, index) => `fruit-${index}`);

describe('httpBatchLink', () => {
  it('sends the queries of one tick in one request, and each gets its own answer', async () => {
    const { client, requests } = await open();
    const answers = await Promise.all(fruits(7).map((name) => client.fruit.query(name)));
    expect(answers).toEqual(fruits(7).map((name) => `${name}!`));
    expect(requests).toEqual([`GET ${Array(7).fill('fruit').join(',')}`]);
  });

  it('sends queries and mutations in a request each', async () => {
    const { client, requests } = await open();
    const calls = [
      client.fruit.query('a'),
      client.pick.mutate('ab'),
      client.fruit.query('b'),
      client.pick.mutate('abc'),
    ];
    expect(await Promise.all(calls)).toEqual(['a!', 2, 'b!', 3]);
    expect(requests.toSorted()).toEqual(['GET fruit,fruit', 'POST pick,pick']);
  });

  it('gives each call its own result when a part fails, by 207', async () => {
    const { client, statuses } = await open();
    const settled = await Promise.allSettled([
      client.fruit.query('a'),
      client.rotten.query(),
      client.fruit.query('x'.repeat(3000)),
      client.fruit.query('b'),
    ]);
    expect(settled).toMatchObject([
      { status: 'fulfilled', value: 'a!' },
      { status: 'rejected', reason: { message: 'Rotten', data: { httpStatus: 404, path: 'rotten' } } },
      { status: 'rejected', reason: { data: { code: 'BAD_REQUEST', httpStatus: 400, path: 'fruit' } } },
      { status: 'fulfilled', value: 'b!' },
    ]);
    expect(statuses).toEqual([207]);
  });

  it('answers with the one status that all calls have', async () => {
    const { client, statuses } = await open();
    await Promise.allSettled([client.rotten.query(), client.rotten.query()]);
    await Promise.all([client.fruit.query('a'), client.fruit.query('b')]);
    expect(statuses).toEqual([404, 200]);
  });

  it('splits a batch at maxItems', async () => {
    const { client, requests } = await open({ maxItems: 3 });
    await Promise.all(fruits(8).map((name) => client.fruit.query(name)));
    expect(requests.map((line) => line.split(',').length).toSorted()).toEqual([2, 3, 3]);
  });

  it('splits a batch at maxURLLength', async () => {
    const urls: number[] = [];
    const { client, requests } = await open({
      maxURLLength: 400,
      fetch(url, init) {
        urls.push(String(url).length);
        return fetch(url, init as RequestInit);
      },
    });
    const answers = await Promise.all(fruits(20).map((name) => client.fruit.query(name)));
    expect(answers).toEqual(fruits(20).map((name) => `${name}!`));
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.length).toBeLessThan(20);
    expect(Math.max(...urls)).toBeLessThanOrEqual(400);
  });

  it('asks a batch of queries by POST under a method override', async () => {
    const { client, requests } = await open({ methodOverride: 'POST' }, { wire: { allowMethodOverride: true } });
    const long = fruits(10).map((name) => name + 'x'.repeat(1900));
    expect(await Promise.all(long.map((name) => client.fruit.query(name)))).toEqual(long.map((name) => `${name}!`));
    expect(requests).toEqual([`POST ${Array(10).fill('fruit').join(',')}`]);
  });

  it('goes on for the callers that still wait, and aborts when the last has left', async () => {
    const { client, waiting, requests } = await open();
    const leave = [new AbortController(), new AbortController()];
    const calls = Promise.allSettled(leave.map(({ signal }) => client.wait.query(undefined, { signal })));
    await expect.poll(() => waiting.started, { timeout: 60_000 }).toBe(2);
    leave[0]?.abort();
    // A round trip of another call: whatever the first abort did has arrived by then.
    await client.fruit.query('a');
    expect(waiting.aborted).toBe(0);
    leave[1]?.abort();
    await expect.poll(() => waiting.aborted, { timeout: 60_000 }).toBe(2);
    expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(requests).toEqual(['GET wait,wait', 'GET fruit']);
  });

  it('gives every call of a batch over the limit an error of its own', async () => {
    const { client, statuses } = await open({}, { wire: { maxBatchSize: 5 } });
    const settled = await Promise.allSettled(fruits(6).map((name) => client.fruit.query(name)));
    for (const one of settled) {
      expect(one).toMatchObject({ status: 'rejected', reason: { data: { code: 'BAD_REQUEST', httpStatus: 400 } } });
      expect(one.status === 'rejected' && one.reason).toBeInstanceOf(TRPCClientError);
    }
    expect(await Promise.all(fruits(5).map((name) => client.fruit.query(name)))).toHaveLength(5);
    expect(statuses).toEqual([400, 200]);
  });

  it('gives every call of a batch an error where batches are not allowed', async () => {
    const { client } = await open({}, { wire: { allowBatching: false } });
    const settled = await Promise.allSettled([client.fruit.query('a'), client.fruit.query('b')]);
    for (const one of settled) expect(one).toMatchObject({ status: 'rejected', reason: { data: { httpStatus: 400 } } });
  });
});
