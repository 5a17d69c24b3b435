import { createTRPCClient, httpBatchStreamLink } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';
import { openResponse, standstill } from '../fixtures/sockets.ts';

const t = initTRPC.create({ isDev: false });
const CHUNK = 'x'.repeat(65_536);
const PLENTY = 10_000;

/** A router that goes on only when the test says so. */
function streamRouter() {
  const gate = Promise.withResolvers<string>();
  const counters = { yielded: 0, ended: 0, aborted: 0 };
  const router = t.router({
    fast: t.procedure.query(() => 'fast'),
    slow: t.procedure.query(() => gate.promise),
    fail: t.procedure.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
    }),
    add: t.procedure.input(z.number()).mutation(({ input }) => input + 1),
    parts: t.procedure.query(() => ({
      at: 'once',
      later: gate.promise,
      deeper: Promise.resolve({ still: gate.promise.then((text) => `${text}!`) }),
      broken: gate.promise.then(() => {
        throw new TRPCError({ code: 'NOT_FOUND', message: 'Broken later' });
      }),
    })),
    steps: t.procedure.query(async function* () {
      yield 1;
      yield 2;
      await gate.promise;
      yield 3;
    }),
    stumble: t.procedure.query(async function* () {
      yield 1;
      throw new TRPCError({ code: 'UNPROCESSABLE_CONTENT', message: 'Stumbled' });
    }),
    flood: t.procedure.query(async function* ({ signal }) {
      signal?.addEventListener('abort', () => counters.aborted++);
      try {
        while (counters.yielded < PLENTY) {
          counters.yielded++;
          yield CHUNK;
        }
      } finally {
        counters.ended++;
      }
    }),
  });
  return { router, gate, counters };
}

type StreamRouter = ReturnType<typeof streamRouter>['router'];

async function open(options: Partial<Parameters<typeof httpBatchStreamLink<StreamRouter>>[0]> = {}) {
  const { router, gate, counters } = streamRouter();
  const served = await serveWire(router);
  const client = createTRPCClient<StreamRouter>({ links: [httpBatchStreamLink({ url: served.url, ...options })] });
  return { ...served, client, gate, counters };
}

describe('httpBatchStreamLink', () => {
  it.each(['trpc-accept', 'accept'] as const)(
    'delivers the fast answer before the slow one is there, asked by %s',
    async (streamHeader) => {
      const { client, gate, requests } = await open({ streamHeader });
      const slow = client.slow.query();
      expect(await client.fast.query()).toBe('fast');
      gate.resolve('slow');
      expect(await slow).toBe('slow');
      expect(requests).toEqual(['GET slow,fast']);
    },
  );

  it('gives each call its own error, and the others their answers', async () => {
    const { client, requests } = await open();
    const settled = await Promise.allSettled([client.fail.query(), client.fast.query(), client.fail.query()]);
    const failed = {
      status: 'rejected',
      reason: { message: 'Taken', data: { code: 'CONFLICT', httpStatus: 409, path: 'fail' } },
    };
    expect(settled).toMatchObject([failed, { status: 'fulfilled', value: 'fast' }, failed]);
    expect(requests).toHaveLength(1);
  });

  it('batches mutations too', async () => {
    const { client, requests } = await open();
    expect(await Promise.all([client.add.mutate(1), client.add.mutate(2)])).toEqual([2, 3]);
    expect(requests).toEqual(['POST add,add']);
  });

  it('resolves promises inside an answer as they settle', async () => {
    const { client, gate } = await open();
    const parts = await client.parts.query();
    expect(parts.at).toBe('once');
    const deeper = await parts.deeper;
    gate.resolve('later');
    expect(await parts.later).toBe('later');
    expect(await deeper.still).toBe('later!');
    await expect(parts.broken).rejects.toMatchObject({ message: 'Broken later', data: { path: 'parts' } });
  });

  it('delivers the items of an iterable as they are yielded', async () => {
    const { client, gate } = await open();
    const seen: number[] = [];
    for await (const step of await client.steps.query()) {
      seen.push(step);
      // The third item comes only after the second has been read.
      if (step === 2) gate.resolve('');
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('throws at the reader what an iterable throws after its first items', async () => {
    const { client } = await open();
    const seen: number[] = [];
    const read = async () => {
      for await (const step of await client.stumble.query()) seen.push(step);
    };
    await expect(read()).rejects.toMatchObject({ message: 'Stumbled', data: { httpStatus: 422, path: 'stumble' } });
    expect(seen).toEqual([1]);
  });

  it('produces no more than a slow reader takes', async () => {
    const { url, counters } = await open();
    const response = await openResponse(`${url}/flood?batch=1`, { 'trpc-accept': 'application/jsonl' });
    const ahead = await standstill(() => counters.yielded);
    // What the sockets and streams on the way hold, at 64 KiB an item.
    expect(ahead).toBeLessThan(500);
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > 2 * ahead * CHUNK.length) break;
    }
    expect(counters.yielded).toBeGreaterThan(ahead);
    expect(counters.yielded).toBeLessThan(PLENTY);
    response.destroy();
    await expect.poll(() => counters.ended, { timeout: 60_000 }).toBe(1);
  });

  it('ends the iterable on the server when the client leaves, and aborts its signal', async () => {
    const { client, counters } = await open();
    const leave = new AbortController();
    const read = async () => {
      for await (const chunk of await client.flood.query(undefined, { signal: leave.signal })) {
        expect(chunk).toBe(CHUNK);
        leave.abort();
      }
    };
    await expect(read()).rejects.toThrow();
    await expect.poll(() => counters, { timeout: 60_000 }).toMatchObject({ ended: 1, aborted: 1 });
    expect(counters.yielded).toBeLessThan(PLENTY);
  });

  it('ends the iterable when the connection is lost, and the reader gets the error', async () => {
    const { client, counters, cut } = await open();
    const read = async () => {
      for await (const chunk of await client.flood.query()) if (chunk === CHUNK) cut();
    };
    await expect(read()).rejects.toThrow();
    await expect.poll(() => counters, { timeout: 60_000 }).toMatchObject({ ended: 1, aborted: 1 });
  });

  it('carries items, promises and errors through a transformer', async () => {
    const s = initTRPC.create({ transformer: superjson, isDev: false });
    const rich = s.router({
      days: s.procedure.input(z.date()).query(async function* ({ input }) {
        yield new Date(input.getTime() + 1);
        yield new Date(input.getTime() + 2);
      }),
      soon: s.procedure.query(() => ({ big: Promise.resolve(7n) })),
      fail: s.procedure.query(() => {
        throw new TRPCError({ code: 'FORBIDDEN', message: 'No' });
      }),
    });
    const { url } = await serveWire(rich);
    const client = createTRPCClient<typeof rich>({ links: [httpBatchStreamLink({ url, transformer: superjson })] });
    const [days, soon, failed] = await Promise.all([
      client.days.query(new Date(0)),
      client.soon.query(),
      client.fail.query().catch((error: unknown) => error),
    ]);
    const seen: Date[] = [];
    for await (const day of days) seen.push(day);
    expect(seen).toEqual([new Date(1), new Date(2)]);
    expect(await soon.big).toBe(7n);
    expect(failed).toMatchObject({ message: 'No', data: { httpStatus: 403 } });
  });
});
