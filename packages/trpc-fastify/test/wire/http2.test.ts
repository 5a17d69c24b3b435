import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { trpcWire } from '../../src/wire/trpc-wire.ts';

const aborted: string[] = [];

const t = initTRPC.context<{ host: string | undefined }>().create({ isDev: false });
const watched = t.procedure.use(({ next, path, signal }) => {
  signal?.addEventListener('abort', () => aborted.push(path));
  return next();
});
const router = t.router({
  host: watched.query(({ ctx }) => ctx.host),
  echo: watched.input(z.strictObject({ a: z.int() })).mutation(({ input }) => input),
  count: watched.subscription(async function* () {
    yield 1;
    yield 2;
  }),
});

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string) {
  const stream = session.request(headers);
  let status: number | undefined;
  stream.on('response', (head) => {
    status = head[':status'];
  });
  stream.end(body);
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return [status, text];
}

it('serves HTTP/2, passes on the host that was requested, and aborts no signal of a call that has ended', async () => {
  const app = fastify({ http2: true });
  onTestFinished(() => app.close());
  await app.register(trpcWire, { router, createContext: ({ info }) => ({ host: info.url?.host }) });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const authority = `127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const session = connect(`http://${authority}`);
  onTestFinished(() => session.destroy());
  expect(await ask(session, { ':path': '/trpc/host' })).toEqual([200, `{"result":{"data":"${authority}"}}`]);
  const post = { ':path': '/trpc/echo', ':method': 'POST', 'content-type': 'application/json' };
  expect(await ask(session, post, '{"a":1}')).toEqual([200, '{"result":{"data":{"a":1}}}']);
  const bad = { ':path': '/trpc/host', ':authority': '(a)' };
  expect(await ask(session, bad)).toEqual([400, expect.stringContaining('malformed Host')]);
  expect((await ask(session, { ':path': '/trpc/count' }))[1]).toContain('data: 2');
  await sleep(50);
  expect(aborted).toEqual([]);
});
