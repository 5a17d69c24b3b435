import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { trpcWire } from './trpc-wire.ts';

const SECRET = 'relation "users_secret" does not exist';

const t = initTRPC.create({ isDev: true });
const formatted = t.procedure.errors(({ shape }) => ({ ...shape, message: `${shape.message}` }));

/** One item, and then an error that nobody foresaw. */
async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error(SECRET);
}

const router = t.router({
  fail: formatted.query(() => {
    throw new Error(SECRET);
  }),
  items: formatted.query(failing),
  live: formatted.subscription(failing),
});

it.each([
  ['a plain call', 'fail', {}],
  ['a batch stream', 'fail?batch=1', { 'trpc-accept': 'application/jsonl' }],
  ['the items of a batch stream', 'items?batch=1', { 'trpc-accept': 'application/jsonl' }],
  ['a subscription', 'live', {}],
])(
  'keeps message and stack of an unexpected error of %s inside, whatever shape .errors() has made',
  async (_, path, headers) => {
    const messages: string[] = [];
    const app = fastify();
    onTestFinished(() => app.close());
    const onError = ({ error }: { error: Error }) => void messages.push(error.message);
    await app.register(trpcWire, { router, createContext: () => ({}), onError });
    const { body } = await app.inject({ url: `/trpc/${path}`, headers });
    expect(body).toContain('Internal server error');
    expect(body).not.toContain('users_secret');
    expect(body).not.toContain('"stack"');
    expect(new Set(messages)).toEqual(new Set([SECRET]));
  },
);
