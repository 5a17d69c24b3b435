import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { expect, expectTypeOf, it, onTestFinished } from 'vitest';
import { trpcWire } from './trpc-wire.ts';
import type { WireOptions } from './wire-options.ts';

interface Context {
  user: string;
}

const t = initTRPC.context<Context>().create({ isDev: false });
const router = t.router({ who: t.procedure.query(({ ctx }) => ctx.user) });
type Options = WireOptions<typeof router>;

it('takes options that are typed by their router', async () => {
  const options: Options = {
    router,
    createContext: () => ({ user: 'alice' }),
    responseMeta: ({ ctx }) => ({ headers: { 'x-user': ctx?.user ?? '' } }),
  };
  expectTypeOf<ReturnType<Options['createContext']>>().toEqualTypeOf<Context | Promise<Context>>();
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(trpcWire, options);
  const { headers, body } = await app.inject('/trpc/who');
  expect([headers['x-user'], body]).toEqual(['alice', '{"result":{"data":"alice"}}']);
});
