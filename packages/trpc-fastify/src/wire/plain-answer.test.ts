import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { trpcWire } from './trpc-wire.ts';

const t = initTRPC.create({ isDev: false });

const outputs: Record<string, () => unknown> = {
  unstartable: () => ({
    [Symbol.asyncIterator]() {
      throw new Error('No start.');
    },
  }),
  endless: () => ({
    [Symbol.asyncIterator]: () => ({
      return() {
        throw new Error('No end.');
      },
    }),
  }),
  promised: () => ({ later: Promise.reject(new Error('Nobody waits.')) }),
  lookalike: () => ({ later: Object.fromEntries([['then', () => undefined]]) }),
};

async function statusOf(name: string): Promise<number> {
  const app = fastify();
  onTestFinished(() => app.close());
  const router = t.router({ output: t.procedure.query(() => outputs[name]?.()) });
  await app.register(trpcWire, { router, createContext: () => ({}) });
  return (await app.inject('/trpc/output')).statusCode;
}

it.each(['unstartable', 'endless', 'promised'])(
  'refuses an output that would stream, quietly, if it is %s',
  async (name) => {
    expect(await statusOf(name)).toBe(415);
  },
);

it('takes an object that only has a then for no promise, as tRPC does', async () => {
  expect(await statusOf('lookalike')).toBe(200);
});

// From 64 KiB on a result is kept as bytes; some of two bytes each, so that a count of characters would not do.
const LONG = 'é'.repeat(40_000);

it.each([
  ['all small', ['a', 'b', 'c']],
  ['the first large', [LONG, 'b']],
  ['the last large', ['a', LONG]],
  ['one in the middle large', ['a', LONG, 'c']],
  ['all large', [LONG, `${LONG}!`]],
])('answers a batch by one array in the order of its calls, with %s', async (_, texts) => {
  const app = fastify();
  onTestFinished(() => app.close());
  const router = t.router({ text: t.procedure.input(Number).query(({ input }) => texts[input]) });
  await app.register(trpcWire, { router, createContext: () => ({}) });
  const input = JSON.stringify(Object.fromEntries(texts.map((_text, index) => [index, index])));
  const calls = texts.map(() => 'text').join(',');
  const res = await app.inject(`/trpc/${calls}?batch=1&input=${encodeURIComponent(input)}`);
  expect(res.json()).toEqual(texts.map((data) => ({ result: { data } })));
});

it('answers none of a batch with an output that is no JSON, which fails the whole of it, as in tRPC', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  const circle: { own?: unknown } = {};
  circle.own = circle;
  const router = t.router({
    text: t.procedure.query(() => 'a'),
    circle: t.procedure.query(() => circle),
    big: t.procedure.query(() => ({ many: 1n })),
  });
  await app.register(trpcWire, { router, createContext: () => ({}) });
  for (const calls of ['circle', 'big', 'text,circle', 'big,text']) {
    const { statusCode, body } = await app.inject(`/trpc/${calls}?batch=1&input={}`);
    expect([calls, statusCode, body]).toEqual([calls, 500, expect.stringContaining('INTERNAL_SERVER_ERROR')]);
    expect(body).not.toContain('"data":"a"');
  }
  expect((await app.inject('/trpc/text')).statusCode).toBe(200);
});
