import { Readable } from 'node:stream';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { boundBodies } from './bounded-bodies.ts';

type Parts = Parameters<typeof boundBodies>[1];

it.each([
  ['address', 'limit.exceeded'],
  ['all', 'server.busy'],
  ['body', 'request.too_large'],
] as const)('closes the connection of a body that is refused while it arrives, for its %s', async (why, code) => {
  const app = fastify();
  onTestFinished(() => app.close());
  let refuse: ((why: 'address' | 'all' | 'body') => void) | undefined;
  const connections: Parts['connections'] = {
    admitBody: (_, { onRefused }) => {
      refuse = onRefused;
      return null;
    },
  };
  boundBodies(app, { connections, services: {}, trusted: new Set() } as unknown as Parts);
  app.post('/', async () => {
    refuse?.(why);
    // One that is answered is not answered again.
    refuse?.(why);
  });
  const payload = Readable.from(['{}']);
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked', authorization: 'x' };
  const answer = await app.inject({ method: 'POST', url: '/', headers, payload });
  expect([answer.json().code, answer.headers.connection]).toEqual([code, 'close']);
});
