import { initTRPC } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { restRoutes, trpcWire, type WireContextRequest } from '../../src/index.ts';

const t = initTRPC.context<Partial<TRPCRequestInfo>>().create({ isDev: false });
const router = t.router({
  who: t.procedure.query(({ ctx }) => ({ ...ctx, calls: ctx.calls?.length, url: ctx.url?.href })),
});
const createContext = () => ({});
const problem = () => ({ status: 500, body: {} });

async function failureOf(plugin: typeof trpcWire | typeof restRoutes, options: object): Promise<string> {
  const app = fastify();
  onTestFinished(() => app.close());
  return (async () => app.register(plugin as never, options))().then(
    () => 'registered',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

const none = 'router is not a tRPC router; createContext is missing';
const WHAT: [string, typeof trpcWire | typeof restRoutes, object, string][] = [
  ['no options', trpcWire, {}, `trpcWire cannot be registered: ${none}.`],
  ['a forgotten createContext', trpcWire, { router }, 'trpcWire cannot be registered: createContext is missing.'],
  [
    'a forgotten createContext and problem',
    restRoutes,
    { router },
    'restRoutes cannot be registered: createContext is missing; problem is missing.',
  ],
  [
    'the options of the stock plugin',
    trpcWire,
    { prefix: '/trpc', trpcOptions: { router, createContext } },
    `trpcWire cannot be registered: ${none}. Its options stand beside prefix, not in trpcOptions.`,
  ],
  [
    'a context that is not made',
    trpcWire,
    { router, createContext: {} },
    'trpcWire cannot be registered: createContext is not a function.',
  ],
  [
    'a builder instead of a router',
    trpcWire,
    { router: t, createContext },
    'trpcWire cannot be registered: router is not a tRPC router.',
  ],
  [
    'bounds that are none',
    trpcWire,
    { router, createContext, maxBatchSize: 0, maxAnswerBytes: '1', bodyLimit: Number.NaN },
    'trpcWire cannot be registered: maxBatchSize is not a positive number; maxAnswerBytes is not a positive number; bodyLimit is not a positive number.',
  ],
  [
    'flags that are none, and names in another case',
    trpcWire,
    {
      router,
      createContext,
      allowBatching: 'false',
      allowmethodoverride: true,
      maxBatchsize: 5,
      parseJSON: JSON.parse,
    },
    'trpcWire cannot be registered: allowBatching is neither true nor false; allowmethodoverride is written allowMethodOverride; maxBatchsize is written maxBatchSize; parseJSON is written parseJson.',
  ],
  [
    'a flag of REST that is none',
    restRoutes,
    { router, createContext, problem, methodNotAllowed: 0 },
    'restRoutes cannot be registered: methodNotAllowed is neither true nor false.',
  ],
  [
    'hooks that are none',
    restRoutes,
    { router, createContext, problem, afterCall: true },
    'restRoutes cannot be registered: afterCall is not a function.',
  ],
  ['what it needs', trpcWire, { router, createContext, onError: undefined }, 'registered'],
  [
    'no bounds of answers',
    trpcWire,
    { router, createContext, maxAnswerBytes: Number.POSITIVE_INFINITY, maxBatchBytes: Number.POSITIVE_INFINITY },
    'registered',
  ],
];

it.each(WHAT)('finds %s as the app starts', async (_, plugin, options, message) => {
  expect(await failureOf(plugin, options)).toBe(message);
});

it('answers a batch where answers have no bounds', async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  const unbounded = { maxAnswerBytes: Number.POSITIVE_INFINITY, maxBatchBytes: Number.POSITIVE_INFINITY };
  await app.register(trpcWire, { router, createContext, ...unbounded });
  expect((await app.inject('/trpc/who,who?batch=1')).json()).toEqual([
    { result: { data: {} } },
    { result: { data: {} } },
  ]);
});

it.each<[string, (request: WireContextRequest) => Partial<TRPCRequestInfo>]>([
  ['a copy of it', ({ info }) => ({ ...info })],
  ['a copy of it by Object.assign', ({ info }) => Object.assign({}, info)],
  ['itself', ({ info }) => info],
  ['a part of it', ({ info: { url, calls } }) => ({ url, calls })],
  ['what JSON keeps of it', ({ info }) => ({ ...info, url: new URL(JSON.parse(JSON.stringify(info)).url) })],
])('gives createContext an info of which %s has the URL', async (_, make) => {
  const infos: TRPCRequestInfo[] = [];
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(trpcWire, {
    router,
    createContext: (request) => {
      infos.push(request.info);
      return make(request);
    },
  });
  for (const headers of [{}, { 'trpc-accept': 'application/jsonl' }]) {
    const { body } = await app.inject({ url: '/trpc/who?batch=1&x=%20', headers: { host: 'example.org', ...headers } });
    expect(body).toContain('"url":"http://example.org/trpc/who?batch=1&x=%20"');
    expect(body).toContain('"calls":1');
  }
  const [info] = infos;
  expect(Object.keys(info ?? {})).toEqual([
    'isBatchCall',
    'accept',
    'calls',
    'type',
    'connectionParams',
    'signal',
    'url',
  ]);
  expect(info?.url).toBe(info?.url);
});

it.each([
  ['multipart/form-data; boundary=x', ': a procedure that reads multipart/form-data says so in its meta.wire.body.'],
  ['application/octet-stream', ': a procedure that reads application/octet-stream says so in its meta.wire.body.'],
  ['text/plain', '.'],
])('says of an undeclared body of %s what would declare it', async (type, end) => {
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(trpcWire, { router, createContext });
  const { body } = await app.inject({
    method: 'POST',
    url: '/trpc/who',
    headers: { 'content-type': type },
    payload: 'x',
  });
  expect(JSON.parse(body).error.message).toBe(`A tRPC call must be application/json in UTF-8${end}`);
});
