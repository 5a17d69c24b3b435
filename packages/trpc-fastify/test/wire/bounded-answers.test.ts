import { initTRPC, TRPCError } from '@trpc/server';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from '../../src/index.ts';
import { RequestRefused, restRoutes, trpcWire } from '../../src/index.ts';

const KIB = 1_024;
const ANSWER = 64 * KIB;
const BATCH = 256 * KIB;

const reasonOf = (error: TRPCError): string =>
  error.cause instanceof RequestRefused ? error.cause.reason : error.code;

const t = initTRPC.meta<{ rest?: RestMeta }>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, reason: reasonOf(error) } }),
});
const size = z.strictObject({ kib: z.number() });

function serve(bounds: { maxAnswerBytes?: number; maxBatchBytes?: number } = {}) {
  const made: string[] = [];
  const outcomes: string[] = [];
  const output = (kind: string, kib: number) => {
    made.push(kind);
    return { text: 'x'.repeat(kib * KIB) };
  };
  const router = t.router({
    read: t.procedure
      .meta({ rest: { method: 'GET', path: '/read', summary: 'Read' } })
      .input(size)
      .output(z.unknown())
      .query(({ input }) => output('read', input.kib)),
    write: t.procedure
      .meta({ rest: { method: 'POST', path: '/write', summary: 'Write' } })
      .input(size)
      .output(z.unknown())
      .mutation(({ input }) => output('write', input.kib)),
    fail: t.procedure.query(() => {
      throw new TRPCError({ code: 'NOT_FOUND' });
    }),
    stream: t.procedure.query(async function* () {
      for (let index = 0; index < 8; index++) yield 'x'.repeat(ANSWER);
    }),
  });
  const app = fastify();
  onTestFinished(() => app.close());
  const options = {
    router,
    createContext: () => ({}),
    afterCall: (_: unknown, { error }: { error?: TRPCError }) => {
      outcomes.push(error === undefined ? 'ok' : reasonOf(error));
    },
    maxAnswerBytes: ANSWER,
    maxBatchBytes: BATCH,
    ...bounds,
  };
  app.register(restRoutes, { ...options, problem: (error) => ({ status: 422, body: { reason: reasonOf(error) } }) });
  app.register(trpcWire, options);
  return { app, made, outcomes };
}

type Served = ReturnType<typeof serve>;

const inputOf = (sizes: readonly number[]) => JSON.stringify(Object.fromEntries(sizes.map((kib, at) => [at, { kib }])));

/** A batch of one procedure with answers of these KiB; of each its reason, or `ok`. */
async function batch({ app }: Served, path: 'read' | 'write', sizes: readonly number[], headers = {}) {
  const url = `/trpc/${sizes.map(() => path).join(',')}?batch=1`;
  const res =
    path === 'read'
      ? await app.inject({ url: `${url}&input=${encodeURIComponent(inputOf(sizes))}`, headers })
      : await app.inject({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json', ...headers },
          payload: inputOf(sizes),
        });
  return { bytes: Buffer.byteLength(res.body), status: res.statusCode, body: res.body };
}

const reasonsIn = (body: string): string[] =>
  JSON.parse(body).map((one: { error?: { data: { reason: string } } }) => one.error?.data.reason ?? 'ok');

describe('one answer', () => {
  it.each([
    ['/read?kib=63', 200],
    ['/read?kib=64', 422],
    [`/trpc/read?input=${encodeURIComponent('{"kib":63}')}`, 200],
    [`/trpc/read?input=${encodeURIComponent('{"kib":64}')}`, 422],
    [`/trpc/read?batch=1&input=${encodeURIComponent('{"0":{"kib":64}}')}`, 422],
  ])('has its bound, at %s', async (url, status) => {
    const served = serve();
    const res = await served.app.inject(url);
    expect(res.statusCode).toBe(status);
    expect(served.outcomes).toEqual([status === 200 ? 'ok' : 'answer_too_large']);
    if (status !== 200) expect(res.body).toContain('answer_too_large');
  });

  it.each(['/write', '/trpc/write'])(
    'of a mutation that is too large says that the call was made, at %s',
    async (url) => {
      const served = serve();
      const res = await served.app.inject({ method: 'POST', url, payload: { kib: 64 } });
      expect(res.statusCode).toBe(422);
      expect(served.made).toEqual(['write']);
      if (url !== '/write') expect(res.json().error.message).toContain('The call was made');
    },
  );

  it('has 2 MiB unless the host says otherwise, and a batch 8', async () => {
    const { app } = serve();
    const plain = fastify();
    onTestFinished(() => plain.close());
    const router = t.router({ read: t.procedure.input(size).query(({ input }) => 'x'.repeat(input.kib * KIB)) });
    await plain.register(trpcWire, { router, createContext: () => ({}) });
    const status = async (sizes: number[]) => (await batch({ app: plain } as unknown as Served, 'read', sizes)).status;
    expect(await status([2_047])).toBe(200);
    expect(await status([2_048])).toBe(422);
    expect(await status(Array(3).fill(2_047))).toBe(200);
    expect(await status(Array(6).fill(2_047))).toBe(207);
    await app.ready();
  });
});

describe('a batch', () => {
  it('answers what fits, and refuses the rest of its queries without making more than it must', async () => {
    const served = serve();
    const { bytes, status, body } = await batch(served, 'read', Array(20).fill(60));
    const reasons = reasonsIn(body);
    expect(status).toBe(207);
    expect(bytes).toBeLessThanOrEqual(BATCH);
    expect(reasons.filter((reason) => reason === 'ok')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'batch_full')).toHaveLength(17);
    expect(served.made.length).toBeLessThanOrEqual(5);
  });

  it('says of each mutation whether it was made', async () => {
    const served = serve();
    const { bytes, body } = await batch(served, 'write', Array(20).fill(60));
    const reasons = reasonsIn(body);
    expect(bytes).toBeLessThanOrEqual(BATCH);
    expect(reasons.filter((reason) => reason === 'ok')).toHaveLength(served.made.length);
    expect(new Set(reasons)).toEqual(new Set(['ok', 'batch_full']));
  });

  it('makes all of many small calls, and refuses a large one of them alone', async () => {
    const served = serve();
    const sizes = Array.from({ length: 20 }, (_, index) => (index === 3 ? 64 : 1));
    const reasons = reasonsIn((await batch(served, 'read', sizes)).body);
    expect(reasons).toEqual(sizes.map((kib) => (kib === 64 ? 'answer_too_large' : 'ok')));
  });

  it.each(['read', 'write'] as const)('that streams has the same bounds: %s', async (path) => {
    const served = serve();
    const { bytes, body } = await batch(served, path, Array(20).fill(60), { 'trpc-accept': 'application/jsonl' });
    expect(bytes).toBeLessThanOrEqual(BATCH);
    expect(body.match(/"reason":"batch_full"/g)).toHaveLength(17);
    expect(served.outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(3);
    if (path === 'write') expect(served.made).toHaveLength(3);
  });

  it('that streams lets the items of an iterable go by', async () => {
    const { app } = serve();
    const res = await app.inject({
      url: '/trpc/stream,stream?batch=1',
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    expect(res.body.length).toBeGreaterThan(2 * BATCH);
    expect(res.body).not.toContain('batch_full');
  });
});
