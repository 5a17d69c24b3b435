import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import { z } from 'zod';
import type { RawBody, RestMeta } from '../../src/router/rest-meta.ts';
import { streamOf } from '../../src/router/stream-of.ts';

/** What a procedure that takes bytes instead of JSON takes at most. */
export const UPLOAD_BYTES = 1_048_576;

interface AbuseMeta {
  rest?: RestMeta | RestMeta[];
  wire?: { body: { types: ('multipart/form-data' | 'application/octet-stream')[]; limit: number } };
}

/** What the procedures count. */
export interface Counters {
  /** Plain calls that were let through to their procedure. */
  calls: number;
  /** Streams, and calls that wait, begun; whose cleaning up ran; whose signal was aborted. */
  opened: number;
  ended: number;
  aborted: number;
  /** Items that readers of the streams have taken. */
  yielded: number;
}

const Item = z.object({ n: z.int(), padding: z.string() });
const StreamInput = z.strictObject({
  /** Length of each item. */
  bytes: z.int().min(0).max(100_000).default(0),
  /** Milliseconds between items; -1: one item, then nothing until the signal is aborted. */
  everyMs: z.int().min(-1).max(10_000).default(-1),
});
const upload = (type: 'multipart/form-data' | 'application/octet-stream'): AbuseMeta => ({
  wire: { body: { types: [type], limit: UPLOAD_BYTES } },
});
const rest = (entry: Omit<RestMeta, 'summary'>): AbuseMeta => ({ rest: { ...entry, summary: entry.path } });
const file = z.custom<RawBody>((value) => typeof value === 'object' && value !== null);
const csv = { types: ['text/csv', 'application/octet-stream'], field: 'file', limit: UPLOAD_BYTES };

async function lengthOf(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.byteLength;
  return bytes;
}

/** A router of everything that can be abused: plain calls, bodies of every kind, and streams that never end. */
export function abuseRouter() {
  const t = initTRPC.meta<AbuseMeta>().create({
    isDev: false,
    sse: { ping: { enabled: true, intervalMs: 1_000 } },
    jsonl: { pingMs: 1_000 },
  });
  const counters: Counters = { calls: 0, opened: 0, ended: 0, aborted: 0, yielded: 0 };

  /** Until the client has left; it may have, before the procedure begins. */
  function until(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) resolve();
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async function* endless({ bytes, everyMs }: z.output<typeof StreamInput>, signal: AbortSignal | undefined) {
    counters.opened++;
    void until(signal).then(() => counters.aborted++);
    try {
      for (let n = 0; ; n++) {
        counters.yielded++;
        yield { n, padding: 'x'.repeat(bytes) };
        if (everyMs < 0) return await until(signal);
        await sleep(everyMs);
      }
    } finally {
      counters.ended++;
    }
  }

  const counted = t.procedure.use(({ next }) => {
    counters.calls++;
    return next();
  });

  const router = t.router({
    get: counted
      .meta(rest({ method: 'GET', path: '/notes/{id}' }))
      .input(z.strictObject({ id: z.string().max(100) }))
      .output(z.object({ id: z.string() }))
      .query(({ input }) => input),
    ping: counted.output(z.string()).query(() => 'pong'),
    create: counted
      .meta(rest({ method: 'POST', path: '/notes' }))
      .input(z.strictObject({ title: z.string().max(2_000_000) }))
      .output(z.object({ length: z.int() }))
      .mutation(({ input }) => ({ length: input.title.length })),
    form: counted
      .meta(upload('multipart/form-data'))
      .input(z.instanceof(FormData))
      .output(z.array(z.string()))
      .mutation(({ input }) => [...input.keys()]),
    upload: counted
      .meta(upload('application/octet-stream'))
      .input(octetInputParser)
      .output(z.int())
      .mutation(({ input }) => lengthOf(input as unknown as AsyncIterable<Uint8Array>)),
    import: counted
      .meta(rest({ method: 'POST', path: '/import', body: csv }))
      .input(z.strictObject({ file }))
      .output(z.int())
      .mutation(({ input }) => lengthOf(input.file.body)),
    importSlowly: counted
      .meta(rest({ method: 'POST', path: '/import-rows', body: csv, stream: { item: z.int() } }))
      .input(z.strictObject({ file }))
      .output(streamOf(z.int()))
      .mutation(async function* ({ input }) {
        yield await lengthOf(input.file.body);
      }),
    ignore: counted
      .meta(rest({ method: 'POST', path: '/ignore', body: csv }))
      .input(z.strictObject({ file }))
      .output(z.boolean())
      .mutation(() => true),
    wait: t.procedure
      .meta(rest({ method: 'GET', path: '/wait' }))
      .output(z.void())
      .query(async ({ signal }) => {
        counters.opened++;
        await until(signal);
        counters.aborted++;
        counters.ended++;
      }),
    endless: t.procedure
      .meta(rest({ method: 'GET', path: '/endless', stream: { item: Item } }))
      .input(StreamInput)
      .output(streamOf(Item))
      .query(({ input, signal }) => endless(input, signal)),
    watch: t.procedure.input(StreamInput).subscription(({ input, signal }) => endless(input, signal)),
  });
  return { router, counters };
}
