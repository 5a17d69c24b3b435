import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import fastify, { type FastifyServerOptions } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ContextRequest } from '../call/context-request.ts';
import { restRoutes } from '../rest/rest-routes.ts';
import type { RestMeta } from '../router/rest-meta.ts';
import { streamOf } from '../router/stream-of.ts';
import { trpcWire } from '../wire/trpc-wire.ts';

const t = initTRPC.meta<{ rest?: RestMeta }>().create({ isDev: false });

it.each(['/stuck', '/trpc/stuck'])('ends a handler that hangs once it has read its body, at %s', async (path) => {
  let aborted = 0;
  const router = t.router({
    stuck: t.procedure
      .meta({ rest: { method: 'POST', path: '/stuck', summary: 'Hang' } })
      .input(z.strictObject({ a: z.int() }))
      .output(z.void())
      .mutation(({ signal }) => {
        signal?.addEventListener('abort', () => aborted++);
        return new Promise<void>(() => undefined);
      }),
  });
  const app = fastify({ handlerTimeout: 1_500 });
  const problem = () => ({ status: 503, body: {} });
  await app.register(restRoutes, { router, createContext: () => ({}), problem });
  await app.register(trpcWire, { router, createContext: () => ({}) });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const res = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"a":1}',
  });
  expect([res.status, aborted]).toEqual([503, 1]);
  await res.text();
  await app.close();
});

const OUTPUT_BYTES = 20_000_000;

const router = t.router({
  stuck: t.procedure
    .meta({ rest: { method: 'GET', path: '/stuck', summary: 'Hang' } })
    .output(z.void())
    .query(() => new Promise<void>(() => undefined)),
  large: t.procedure
    .meta({ rest: { method: 'GET', path: '/large', summary: 'Say much' } })
    .output(z.string())
    .query(() => 'x'.repeat(OUTPUT_BYTES)),
  endless: t.procedure
    .meta({ rest: { method: 'GET', path: '/endless', summary: 'Never end', stream: { item: z.int() } } })
    .output(streamOf(z.int()))
    .query(async function* () {
      for (let item = 0; ; item++) {
        yield item;
        await sleep(10);
      }
    }),
});

const broken = (): never => {
  throw new Error('The error table is broken.');
};

async function listen(settings: FastifyServerOptions & { streamTimeout?: number }): Promise<number> {
  const { streamTimeout = 600_000, ...options } = settings;
  const app = fastify({ forceCloseConnections: true, ...options });
  onTestFinished(() => app.close());
  const wide = { maxAnswerBytes: 2 * OUTPUT_BYTES };
  await app.register(restRoutes, { router, createContext: () => ({}), problem: broken, streamTimeout, ...wide });
  await app.register(trpcWire, { router, createContext: () => ({}), onError: broken, streamTimeout, ...wide });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

it.each(['/stuck', '/trpc/stuck'])('asks the host to answer where its error table throws too, at %s', async (path) => {
  const port = await listen({ handlerTimeout: 100 });
  expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(500);
});

it.each(['/large', '/trpc/large'])('lets a slow reader take an answer that is there, from %s', async (path) => {
  const port = await listen({ handlerTimeout: 4_000 });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    http.get({ port, path, agent: false }, resolve).on('error', reject);
  });
  await sleep(4_500);
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).byteLength;
  expect(bytes).toBeGreaterThan(OUTPUT_BYTES);
});

it.each([
  ['/endless', {}],
  ['/trpc/endless?batch=1', { 'trpc-accept': 'application/jsonl' }],
])('cuts off a stream that takes longer than streamTimeout, at %s', async (path, headers) => {
  const port = await listen({ handlerTimeout: 1_500, streamTimeout: 2_000 });
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
});

it.each(['/count', '/trpc/count'])('calls nothing once somebody has answered, at %s', async (path) => {
  let calls = 0;
  const counting = t.router({
    count: t.procedure
      .meta({ rest: { method: 'POST', path: '/count', summary: 'Count' } })
      .output(z.int())
      .mutation(() => ++calls),
  });
  const app = fastify({ handlerTimeout: 1_500 });
  onTestFinished(() => app.close());
  const contexts: Promise<object>[] = [];
  const createContext = ({ req, res }: ContextRequest) => {
    const context = (async () => {
      if (req.headers.slow !== undefined) await sleep(2_000);
      else res.code(401).send();
      return {};
    })();
    contexts.push(context);
    return context;
  };
  const problem = () => ({ status: 503, body: {} });
  await app.register(restRoutes, { router: counting, createContext, problem });
  await app.register(trpcWire, { router: counting, createContext });
  const post = { method: 'POST', url: path } as const;
  const json = { 'content-type': 'application/json' };
  expect((await app.inject({ ...post, headers: { ...json, slow: '1' } })).statusCode).toBe(503);
  expect((await app.inject({ ...post, headers: json })).statusCode).toBe(401);
  await Promise.all(contexts);
  await sleep(10);
  expect(calls).toBe(0);
});
