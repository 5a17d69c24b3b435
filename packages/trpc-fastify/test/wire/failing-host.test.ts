import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { trpcWire } from '../../src/wire/trpc-wire.ts';
import type { WireOptions } from '../../src/wire/wire-options.ts';

const t = initTRPC.create({ isDev: false });
const router = t.router({ hello: t.procedure.query(() => 'hello') });
type Meta = ReturnType<NonNullable<WireOptions['responseMeta']>>;

async function ask(options: Partial<WireOptions>, path = 'hello') {
  // A request that nobody answers is 503.
  const app = fastify({ handlerTimeout: 2_000 });
  onTestFinished(() => app.close());
  await app.register(trpcWire, { router, createContext: () => ({}), ...options });
  return app.inject(`/trpc/${path}`);
}

const metas: Record<string, () => Meta> = {
  throws() {
    throw new Error('No meta.');
  },
  'answers a status that is none': () => ({ status: 1_000 }),
  'answers a header with a line break': () => ({ headers: { 'x-a': 'a\r\nset-cookie: b' } }),
  'answers a header whose name is none': () => ({ headers: { 'x a': 'b' } }),
};

describe('a host whose functions fail', () => {
  it.each(Object.keys(metas))('is asked to answer itself where responseMeta %s', async (name) => {
    const { statusCode, headers } = await ask({ responseMeta: metas[name] as () => Meta });
    expect([statusCode, headers['set-cookie']]).toEqual([500, undefined]);
  });

  it('is asked to answer itself where errorHeaders throws', async () => {
    const errorHeaders = () => {
      throw new Error('No headers.');
    };
    expect((await ask({ errorHeaders }, 'unknown')).statusCode).toBe(500);
  });
});

it('answers in the shape of tRPC what a hook of the host throws, also by another copy of @trpc/server', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  app.addHook('onRequest', async () => {
    throw Object.assign(new Error('Who are you?'), { name: 'TRPCError', code: 'UNAUTHORIZED' });
  });
  await app.register(trpcWire, { router, createContext: () => ({}) });
  const res = await app.inject('/trpc/hello');
  expect([res.statusCode, res.json().error.message]).toEqual([401, 'Who are you?']);
});

describe('responseMeta, as in tRPC’s own adapters,', () => {
  it.each([undefined, {}, { status: 0 }])('may answer %j', async (meta) => {
    expect((await ask({ responseMeta: () => meta as Meta })).statusCode).toBe(200);
  });

  it('may name another content type', async () => {
    const responseMeta = () => ({ headers: { 'content-type': 'application/vnd.notes+json' } });
    const { headers, body } = await ask({ responseMeta });
    expect([headers['content-type'], body]).toEqual(['application/vnd.notes+json', '{"result":{"data":"hello"}}']);
  });
});
