import { initTRPC, TRPCError } from '@trpc/server';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { trpcWire } from './trpc-wire.ts';
import type { WireOptions } from './wire-options.ts';

const SECRET = 'relation "users_secret" does not exist';
const HIDDEN = 'Internal server error';
const JSONL = { 'trpc-accept': 'application/jsonl' };

/** What is thrown, and the message that callers read. */
const THROWN: Record<string, { make(): unknown; message: string }> = {
  'a foreign error': { make: () => new Error(SECRET), message: HIDDEN },
  'a foreign error of many lines': { make: () => new RangeError(`first\n  ${SECRET}\n`), message: HIDDEN },
  'a foreign error whose message was changed later': {
    make: () => Object.assign(new Error(SECRET), { message: `wrapped ${SECRET}` }),
    message: HIDDEN,
  },
  'a text': { make: () => SECRET, message: HIDDEN },
  'an object': { make: () => ({ message: SECRET, detail: SECRET }), message: HIDDEN },
  'a TRPCError that has no word of its own': {
    make: () => new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Error(SECRET) }),
    message: HIDDEN,
  },
  'a message for people': {
    make: () => new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'The printer is on fire.' }),
    message: 'The printer is on fire.',
  },
  'a message for people, with a cause': {
    make: () =>
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'We are looking into it.', cause: new Error(SECRET) }),
    message: 'We are looking into it.',
  },
  'a TRPCError without a word': {
    make: () => new TRPCError({ code: 'INTERNAL_SERVER_ERROR' }),
    message: 'INTERNAL_SERVER_ERROR',
  },
  'an error of another code': {
    make: () => new TRPCError({ code: 'CONFLICT', message: 'Somebody was faster.' }),
    message: 'Somebody was faster.',
  },
};

type Words = keyof typeof THROWN & string;

function routerOf(settings: { isDev: boolean; formatted: boolean }) {
  const t = initTRPC.create({ isDev: settings.isDev });
  const procedure = settings.formatted ? t.procedure.errors(({ shape }) => ({ ...shape })) : t.procedure;
  const input = procedure.input(z.string());
  const fail = (words: Words): never => {
    throw THROWN[words]?.make();
  };
  async function* failing(words: Words): AsyncGenerator<number> {
    yield 1;
    fail(words);
  }
  return t.router({
    fail: input.query((call) => fail(call.input)),
    save: input.mutation((call) => fail(call.input)),
    items: input.query((call) => failing(call.input)),
    live: input.subscription((call) => failing(call.input)),
  });
}

const routers = [true, false].flatMap((isDev) =>
  [true, false].map((formatted) => ({ isDev, formatted, router: routerOf({ isDev, formatted }) })),
);

/** Every way in which an error comes to a caller. */
const REQUESTS = {
  'a plain call': (input: string) => ({ url: `/trpc/fail?input=${input}` }),
  'a mutation': (input: string) => ({
    method: 'POST' as const,
    url: '/trpc/save',
    headers: { 'content-type': 'application/json' },
    payload: decodeURIComponent(input),
  }),
  'a batch': (input: string) => ({ url: `/trpc/fail?batch=1&input={"0":${input}}` }),
  'a batch stream': (input: string) => ({ url: `/trpc/fail?batch=1&input={"0":${input}}`, headers: JSONL }),
  'the items of a batch stream': (input: string) => ({
    url: `/trpc/items?batch=1&input={"0":${input}}`,
    headers: JSONL,
  }),
  'a subscription': (input: string) => ({ url: `/trpc/live?input=${input}` }),
};

async function answerTo(
  router: WireOptions['router'],
  words: Words,
  request: keyof typeof REQUESTS,
  options: Partial<WireOptions> = {},
) {
  const reported: TRPCError[] = [];
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(trpcWire, {
    router,
    createContext: () => ({}),
    onError: ({ error }: { error: TRPCError }) => void reported.push(error),
    ...options,
  });
  const { body } = await app.inject(REQUESTS[request](encodeURIComponent(JSON.stringify(words))));
  const [, message = ''] = /"message":("(?:[^"\\]|\\.)*")/.exec(body) ?? [];
  return { body, message: JSON.parse(message), reported };
}

describe.each(Object.keys(REQUESTS) as (keyof typeof REQUESTS)[])('an error of %s', (request) => {
  it.each(Object.keys(THROWN))('says what was meant to be read, and nothing else: %s', async (words) => {
    for (const { router, isDev } of routers) {
      const { body, message, reported } = await answerTo(router, words, request);
      expect(message).toBe(THROWN[words]?.message);
      expect(body).not.toContain('users_secret');
      expect(body.includes('"stack"')).toBe(isDev);
      expect(reported.length).toBeGreaterThan(0);
      if (THROWN[words]?.message === HIDDEN) expect(reported[0]?.message).toContain(SECRET);
    }
  });

  it('says all where the host says that nothing is internal', async () => {
    for (const { router, isDev } of routers) {
      const { body, message } = await answerTo(router, 'a foreign error', request, { isInternal: () => false });
      expect(message).toBe(SECRET);
      expect(body.includes(`"stack":"Error: ${JSON.stringify(SECRET).slice(1, -1)}\\n    at `)).toBe(isDev);
    }
  });

  it('hides what else the host calls internal', async () => {
    for (const { router } of routers) {
      const isInternal = ({ code }: TRPCError) => code === 'CONFLICT';
      const { body, message } = await answerTo(router, 'an error of another code', request, { isInternal });
      expect(message).toBe(HIDDEN);
      expect(body).not.toContain('faster');
    }
  });
});

it('has the frames of a stack in development, which begin where the error was made', async () => {
  const { body } = await answerTo(routerOf({ isDev: true, formatted: false }), 'a foreign error', 'a plain call');
  const lines = String(JSON.parse(body).error.data.stack).split('\n');
  expect(lines[0]).toBe(HIDDEN);
  expect(lines[1]).toMatch(/^ {4}at .*hardened-shape\.test/);
});

it('has no stack of a refusal, which is made here', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(trpcWire, { router: routerOf({ isDev: true, formatted: false }), createContext: () => ({}) });
  const { body } = await app.inject({ method: 'POST', url: '/trpc/save', payload: 'x' });
  expect(JSON.parse(body).error.data).toEqual({ code: 'UNSUPPORTED_MEDIA_TYPE', httpStatus: 415, path: 'save' });
});

describe('a shape that a host shares as a constant', () => {
  const shared = () => ({ message: SECRET, code: -32603 as const, data: { code: 'OOPS', hint: 'Call us.' } });

  it.each(['.errors()', 'the formatter'])('of %s is the same before and after', async (by) => {
    for (const shape of [shared(), Object.freeze(shared())]) {
      const t = initTRPC.create({ isDev: true, ...(by === '.errors()' ? {} : { errorFormatter: () => shape }) });
      const procedure = by === '.errors()' ? t.procedure.errors(() => shape) : t.procedure;
      const router = t.router({
        fail: procedure.input(z.string()).query(() => {
          throw new Error(SECRET);
        }),
      });
      for (const request of ['a plain call', 'a batch', 'a batch stream'] as const) {
        const { body } = await answerTo(router, 'a foreign error', request);
        // What a formatter answers is the host's word; one of .errors() that took the message over is not.
        expect(body.includes('users_secret')).toBe(by === 'the formatter');
        expect(body).toContain('Call us.');
        expect(shape).toEqual(shared());
      }
    }
  });
});

it('says that an output is not what it should be', async () => {
  const t = initTRPC.create({ isDev: false });
  const router = t.router({
    fail: t.procedure
      .input(z.string())
      .output(z.string())
      .query(() => 7 as never),
  });
  for (const request of ['a plain call', 'a batch', 'a batch stream'] as const) {
    expect((await answerTo(router, 'a text', request)).message).toBe('Output validation failed');
  }
});
