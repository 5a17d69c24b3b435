import { request } from 'node:http';
import { initTRPC } from '@trpc/server';
import fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ID, MISSING } from '../../test/fixtures/notes.ts';
import { notesApp } from '../../test/fixtures/notes-app.ts';
import { eventually } from '../../test/fixtures/sockets.ts';
import type { RestMeta } from '../router/rest-meta.ts';
import { restRoutes } from './rest-routes.ts';

interface Raw {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** One request over a socket, so that what Node makes of an answer is seen too. */
function ask(base: string, method: string, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const req = request(base + path, { method, headers }, async (res) => {
      let body = '';
      for await (const chunk of res) body += String(chunk);
      const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...own } = res.headers;
      resolve({ status: res.statusCode, headers: own, body });
    });
    req.on('error', reject);
    req.end();
  });
}

describe('HEAD', () => {
  it.each([
    ['one thing', `/notes/${ID}`],
    ['a list', '/notes?limit=5'],
    ['an error', `/notes/${MISSING}`],
    ['a refused input', '/notes?limit=many'],
  ])('of %s has the status and headers of GET, and no body', async (_name, path) => {
    const base = await (await notesApp()).listen();
    const get = await ask(base, 'GET', path);
    expect(Number(get.headers['content-length'])).toBe(Buffer.byteLength(get.body));
    expect(await ask(base, 'HEAD', path)).toEqual({ ...get, body: '' });
  });

  it('of what the caller has is 304, with no length, as GET', async () => {
    const base = await (await notesApp()).listen();
    const { headers } = await ask(base, 'GET', `/notes/${ID}`);
    const held = { 'if-none-match': String(headers.etag) };
    const get = await ask(base, 'GET', `/notes/${ID}`, held);
    expect([get.status, get.headers['content-length']]).toEqual([304, undefined]);
    expect(await ask(base, 'HEAD', `/notes/${ID}`, held)).toEqual(get);
  });

  it('of a stream says its type, and ends it after the item that decides the status', async () => {
    const { listen, counters } = await notesApp();
    const base = await listen();
    const res = await ask(base, 'HEAD', '/notes/export?count=1000');
    expect(res).toEqual({
      status: 200,
      headers: { 'content-type': 'application/x-ndjson', vary: 'accept' },
      body: '',
    });
    expect(await eventually(() => counters.returned === 1)).toBe(true);
    expect(counters.yielded).toBe(1);
    expect((await ask(base, 'HEAD', '/notes/export?failAt=0')).status).toBe(409);
  });
});

describe('another method', () => {
  it.each([
    ['PATCH', `/notes/${ID}`, 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['TRACE', `/notes/${ID}`, 'DELETE, GET, HEAD, OPTIONS, PUT'],
    ['DELETE', '/notes/templates', 'GET, HEAD, OPTIONS'],
    ['GET', '/touch', 'OPTIONS, POST, PUT'],
    ['HEAD', '/touch', 'OPTIONS, POST, PUT'],
  ] as const)('is answered 405 with Allow: %s %s', async (method, url, allow) => {
    const { app } = await notesApp();
    const res = await app.inject({ method: method as 'GET', url });
    expect([res.statusCode, res.headers.allow]).toEqual([405, allow]);
    expect((await app.inject({ method: 'OPTIONS', url })).headers.allow).toBe(allow);
  });
});

describe('OPTIONS', () => {
  it.each([
    [`/notes/${ID}`, 'DELETE, GET, HEAD, OPTIONS, PUT', 'application/json'],
    ['/notes', 'GET, HEAD, OPTIONS, POST', 'application/json'],
    ['/notes/templates', 'GET, HEAD, OPTIONS', undefined],
    ['/notes/import', 'OPTIONS, POST', 'application/x-ndjson, text/csv'],
  ])('of %s is 204 with Allow, and the types a body may have', async (url, allow, accept) => {
    const { app, contexts } = await notesApp();
    const res = await app.inject({ method: 'OPTIONS', url });
    expect([res.statusCode, res.headers.allow, res.headers.accept, res.body]).toEqual([204, allow, accept, '']);
    expect(res.headers['content-length']).toBeUndefined();
    expect(contexts).toEqual([]);
  });

  it('does not read a body, whatever it is', async () => {
    const { app } = await notesApp();
    const headers = { 'content-type': 'application/json' };
    const res = await app.inject({ method: 'OPTIONS', url: '/notes', headers, payload: '{"broken":' });
    expect(res.statusCode).toBe(204);
  });

  it('of an address that there is not stays the app’s', async () => {
    const { app } = await notesApp();
    expect((await app.inject({ method: 'OPTIONS', url: '/nowhere' })).statusCode).toBe(404);
  });

  it("leaves a preflight to the app's own hook", async () => {
    const { app } = await notesApp({
      onRequest: async (req, reply) => {
        if (req.headers['access-control-request-method'] !== undefined) {
          await reply.code(204).header('access-control-allow-methods', 'POST').send();
        }
      },
    });
    const headers = { origin: 'https://notes.invalid', 'access-control-request-method': 'POST' };
    const preflight = await app.inject({ method: 'OPTIONS', url: '/notes', headers });
    expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'POST']);
    expect(preflight.headers.allow).toBeUndefined();
  });

  async function patchable(methodNotAllowed: boolean): Promise<FastifyInstance> {
    const t = initTRPC.meta<{ rest: RestMeta }>().create();
    const Input = z.strictObject({ id: z.string() });
    const router = t.router({
      change: t.procedure
        .meta({ rest: { method: 'PATCH', path: '/things/{id}', summary: 'Change' } })
        .input(Input)
        .output(z.void())
        .mutation(() => undefined),
      newest: t.procedure
        .meta({ rest: { method: 'GET', path: '/things/newest', summary: 'Newest' } })
        .output(z.string())
        .query(() => 'it'),
    });
    const app = fastify();
    onTestFinished(async () => app.close());
    await app.register(restRoutes, {
      router,
      createContext: () => ({}),
      problem: () => ({ status: 500, body: {} }),
      methodNotAllowed,
    });
    return app;
  }

  it('lists the types that a PATCH takes', async () => {
    const { headers } = await (await patchable(true)).inject({ method: 'OPTIONS', url: '/things/1' });
    expect(headers).toMatchObject({
      allow: 'OPTIONS, PATCH',
      accept: 'application/json',
      'accept-patch': 'application/json',
    });
  });

  it('counts the methods of a parameter that answer a fixed path too, where no 405 is in their way', async () => {
    const allowOf = async (app: FastifyInstance) =>
      (await app.inject({ method: 'OPTIONS', url: '/things/newest' })).headers.allow;
    const patch = async (app: FastifyInstance) =>
      (await app.inject({ method: 'PATCH', url: '/things/newest', payload: {} })).statusCode;
    const strict = await patchable(true);
    expect([await allowOf(strict), await patch(strict)]).toEqual(['GET, HEAD, OPTIONS', 500]);
    const open = await patchable(false);
    expect([await allowOf(open), await patch(open)]).toEqual(['GET, HEAD, OPTIONS, PATCH', 200]);
  });
});
