import { Readable } from 'node:stream';
import type { AppError } from '@promptory/api/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import type { Connections } from '../http/connections/connections.ts';
import { boundAnswers, boundPlaces, STREAM_BYTES } from './bounded-memory.ts';

const BUSY = { code: 'server.busy', retryAfterSeconds: 2, extra: {} };

/** An app whose connections answer as `state` says, and what it told them. */
function given() {
  const state = { entry: 'open' as ReturnType<Connections['enter']>, hasRoom: true };
  const happened: unknown[] = [];
  const connections = {
    enter: (_req: unknown, { address, isProbe }: Parameters<Connections['enter']>[1]) => {
      happened.push(['enters', address, isProbe]);
      return state.entry;
    },
    onlySends: ({ method }: { method: string }) => void happened.push(['only sends', method]),
    hasRoom: () => state.hasRoom,
    makeRoomFor: (bytes: number) => void happened.push(['makes room', bytes]),
  } as unknown as Connections;
  const app = fastify();
  onTestFinished(() => app.close());
  boundPlaces(app, connections);
  boundAnswers(app, connections);
  app.setErrorHandler((error: AppError, _req, reply) => {
    const { code, retryAfterSeconds, extra } = error;
    return reply.code(503).send({ code, retryAfterSeconds, extra });
  });
  for (const url of ['/prompts', '/health/live', '/metrics']) app.get(url, async () => 'é');
  app.post('/prompts', async () => ({ a: 1 }));
  app.get('/bytes', async () => Buffer.alloc(5));
  app.get('/none', async (_req, reply) => reply.code(204).send());
  app.get('/stream', async () => Readable.from(['a']));
  const ask = async (url: string, method: 'GET' | 'POST' = 'GET') => {
    const { statusCode, headers, body } = await app.inject({ method, url });
    const refusal = statusCode === 503 ? JSON.parse(body) : null;
    return [statusCode, headers.connection, refusal];
  };
  return { state, ask, happened: () => happened.splice(0) };
}

it('lets a request in where it has a place, and says of one that changes nothing that it only sends', async () => {
  const { ask, happened } = given();
  expect(await ask('/prompts')).toEqual([200, 'keep-alive', null]);
  expect(happened()).toEqual([
    ['enters', '127.0.0.1', false],
    ['only sends', 'GET'],
    ['makes room', 2],
  ]);
  await ask('/prompts', 'POST');
  expect(happened()).toEqual([
    ['enters', '127.0.0.1', false],
    ['makes room', 7],
  ]);
  for (const url of ['/health/live', '/metrics']) {
    await ask(url);
    expect(happened()[0]).toEqual(['enters', '127.0.0.1', true]);
  }
});

it('ends the connection of one that has no place with its answer, and says when to come again', async () => {
  const { state, ask } = given();
  state.entry = 'last';
  expect(await ask('/prompts')).toEqual([200, 'close', null]);
  state.entry = 'all';
  expect(await ask('/prompts')).toEqual([503, 'close', BUSY]);
  state.entry = 'address';
  const refusal = { code: 'limit.exceeded', retryAfterSeconds: 2, extra: { limit: 'connections' } };
  expect(await ask('/prompts')).toEqual([503, 'close', refusal]);
});

it('refuses all but health checks and metrics while too much waits for its readers', async () => {
  const { state, ask } = given();
  state.hasRoom = false;
  expect(await ask('/prompts')).toEqual([503, 'keep-alive', BUSY]);
  for (const url of ['/health/live', '/metrics']) expect((await ask(url))[0]).toBe(200);
});

it.each([
  ['/bytes', 5],
  ['/none', 0],
  ['/stream', STREAM_BYTES],
])('makes room for what waits of an answer: %s', async (url, bytes) => {
  const { ask, happened } = given();
  await ask(url);
  expect(happened().at(-1)).toEqual(['makes room', bytes]);
});
