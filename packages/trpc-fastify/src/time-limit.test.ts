import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { RestMeta } from './rest-meta.ts';
import { restRoutes } from './rest-routes.ts';
import { trpcWire } from './trpc-wire.ts';

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
  const app = fastify({ handlerTimeout: 100 });
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
