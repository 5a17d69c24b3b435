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
