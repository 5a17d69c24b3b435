import { initTRPC } from '@trpc/server';
import fastify, { type FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Problem, type RestMeta, restRoutes, trpcWire } from '../../src/index.ts';

const t = initTRPC.meta<{ rest?: RestMeta }>().create({ isDev: false });

/** A router that says whose it is, over both transports. */
const routerOf = (name: string) =>
  t.router({
    who: t.procedure
      .meta({ rest: { method: 'GET', path: '/who', summary: 'Who' } })
      .output(z.string())
      .query(() => name),
    keep: t.procedure.mutation(() => name),
  });

const router = routerOf('first');
const createContext = () => ({});
const problem = (): Problem => ({ status: 500, body: { title: 'a problem' } });

/** What a host had before: its own routes, error handler, parser, and answer to unknown addresses. */
function hostApp(): FastifyInstance {
  const app = fastify();
  onTestFinished(() => app.close());
  app.setErrorHandler((error, _req, reply) => reply.code(599).send({ host: String(error) }));
  app.setNotFoundHandler((_req, reply) => reply.code(404).send({ host: 'not found' }));
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_req, body, done) => done(null, `text ${body}`));
  app.get('/own', async () => 'own');
  app.post('/echo', async ({ body }) => ({ body }));
  app.get('/fails', async () => {
    throw new Error('own');
  });
  return app;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT = { 'content-type': 'text/plain' };

/** What the host answers by itself, which no plugin may change. */
async function ownAnswers(app: FastifyInstance): Promise<unknown[]> {
  const answers = [
    await app.inject('/own'),
    await app.inject({ method: 'POST', url: '/echo', headers: JSON_TYPE, payload: '{"a":1}' }),
    await app.inject({ method: 'POST', url: '/echo', headers: TEXT, payload: 'a' }),
    await app.inject({
      method: 'POST',
      url: '/echo',
      headers: { 'content-type': 'multipart/form-data' },
      payload: 'a',
    }),
    await app.inject({ method: 'POST', url: '/echo', headers: JSON_TYPE, payload: '{' }),
    await app.inject('/fails'),
    await app.inject('/unknown'),
    await app.inject({ method: 'DELETE', url: '/own' }),
    await app.inject({ method: 'OPTIONS', url: '/unknown' }),
  ];
  return answers.map(({ statusCode, headers, body }) => [statusCode, headers['content-type'], headers.allow, body]);
}

const wire = async (app: FastifyInstance, url: string) => (await app.inject(url)).json();
const said = (name: string) => ({ result: { data: name } });

/** Every way in which a host may come to register a plugin. */
const WAYS: [
  string,
  <O extends object>(
    app: FastifyInstance,
    plugin: (app: FastifyInstance, options: O) => Promise<void>,
    options: O,
  ) => unknown,
][] = [
  ['register', (app, plugin, options) => app.register(plugin as never, options)],
  ['fastify-plugin', (app, plugin, options) => app.register(fastifyPlugin(plugin as never), options)],
  [
    'a fastify-plugin with a name',
    (app, plugin, options) => app.register(fastifyPlugin(plugin as never, { name: 'theirs', fastify: '5.x' }), options),
  ],
  [
    'an encapsulated fastify-plugin',
    (app, plugin, options) => app.register(fastifyPlugin(plugin as never, { encapsulate: true }), options),
  ],
  [
    'a fastify-plugin around a call',
    (app, plugin, options) => app.register(fastifyPlugin(async (inner: FastifyInstance) => plugin(inner, options))),
  ],
  [
    'a fastify-plugin around register',
    (app, plugin, options) =>
      app.register(fastifyPlugin(async (inner: FastifyInstance) => void inner.register(plugin as never, options))),
  ],
  ['a plugin of the host', (app, plugin, options) => app.register(async (inner) => plugin(inner, options))],
  ['a call', (app, plugin, options) => app.after(() => plugin(app, options))],
];

describe.each(WAYS)('mounted by %s', (_, register) => {
  // fastify-plugin marks the function that it is given, for all who use it afterwards.
  beforeEach(() => {
    for (const plugin of [trpcWire, restRoutes]) Reflect.set(plugin, Symbol.for('skip-override'), true);
  });

  it('serves at its prefixes, and leaves the host all that is its own', async () => {
    const bare = hostApp();
    const app = hostApp();
    register(app, trpcWire, { router, createContext, prefix: '/trpc' });
    register(app, restRoutes, { router, createContext, problem, prefix: '/v1' });
    await app.ready();
    expect(await wire(app, '/trpc/who')).toEqual(said('first'));
    expect(await wire(app, '/v1/who')).toBe('first');
    expect((await app.inject({ method: 'POST', url: '/trpc/keep', headers: TEXT, payload: 'a' })).statusCode).toBe(415);
    expect(await wire(app, '/trpc/nothing')).toMatchObject({ error: { data: { code: 'NOT_FOUND' } } });
    expect(await ownAnswers(app)).toEqual(await ownAnswers(bare));
  });

  it('serves under the prefix of the scope around it, also where both are called alike', async () => {
    const app = hostApp();
    app.register(
      async (api) => {
        api.get('/own', async () => 'api');
        await register(api, trpcWire, { router, createContext, prefix: '/trpc' });
        await register(api, restRoutes, { router, createContext, problem });
      },
      { prefix: '/trpc' },
    );
    await app.ready();
    expect(await wire(app, '/trpc/trpc/who')).toEqual(said('first'));
    expect(await wire(app, '/trpc/who')).toBe('first');
    expect((await app.inject('/trpc/own')).body).toBe('api');
    expect((await app.inject('/trpc/unknown')).json()).toEqual({ host: 'not found' });
  });

  it('serves two routers at once', async () => {
    const app = hostApp();
    const second = routerOf('second');
    register(app, trpcWire, { router, createContext, prefix: '/one' });
    register(app, trpcWire, { router: second, createContext, prefix: '/two' });
    register(app, restRoutes, { router, createContext, problem, prefix: '/rest/one' });
    register(app, restRoutes, { router: second, createContext, problem, prefix: '/rest/two' });
    await app.ready();
    const urls = ['/one/who', '/two/who', '/rest/one/who', '/rest/two/who'];
    const answers = await Promise.all(urls.map((url) => wire(app, url)));
    expect(answers).toEqual([said('first'), said('second'), 'first', 'second']);
  });

  it('is at /trpc where no prefix is given', async () => {
    const app = hostApp();
    register(app, trpcWire, { router, createContext });
    await app.ready();
    expect(await wire(app, '/trpc/who')).toEqual(said('first'));
    expect((await app.inject('/who')).json()).toEqual({ host: 'not found' });
  });
});

it("asks the host's hooks of the scope that it stands in, and no others", async () => {
  const app = hostApp();
  const asked: string[] = [];
  app.addHook('onRequest', async ({ url }) => void asked.push(`app ${url}`));
  app.register(async (api) => {
    api.addHook('onRequest', async ({ url }) => void asked.push(`api ${url}`));
    await api.register(trpcWire, { router, createContext, prefix: '/in' });
  });
  await app.register(trpcWire, { router, createContext, prefix: '/out' });
  await app.inject('/in/who');
  await app.inject('/out/who');
  expect(asked).toEqual(['app /in/who', 'api /in/who', 'app /out/who']);
});
