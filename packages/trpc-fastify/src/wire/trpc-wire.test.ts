import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, TRPCClientError } from '@trpc/client';
import { TRPCError } from '@trpc/server';
import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ID, MISSING, type NotesRouter } from '../../test/fixtures/notes.ts';
import { notesApp } from '../../test/fixtures/notes-app.ts';
import { eventually, rawStatus, sendChunked } from '../../test/fixtures/sockets.ts';
import { refuse } from '../http/request-refused.ts';
import type { WireOptions } from './wire-options.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const inputOf = (value: unknown) => encodeURIComponent(JSON.stringify(value));

describe('the tRPC wire with its own client', () => {
  it('answers single calls and batches', async () => {
    const base = await (await notesApp()).listen();
    const url = `${base}/trpc`;
    const single = createTRPCClient<NotesRouter>({ links: [httpLink({ url })] });
    expect(await single.notes.get.query({ id: ID })).toMatchObject({ id: ID });
    expect(await single.notes.touch.mutate({})).toEqual({ user: 'alice' });
    expect(await single.notes.templates.query()).toEqual({ items: [] });
    const batch = createTRPCClient<NotesRouter>({ links: [httpBatchLink({ url })] });
    const both = await Promise.allSettled([batch.notes.get.query({ id: ID }), batch.notes.get.query({ id: MISSING })]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('streams items, and ends the iterator when the client stops', async () => {
    const { listen, counters } = await notesApp();
    const client = createTRPCClient<NotesRouter>({ links: [httpBatchStreamLink({ url: `${await listen()}/trpc` })] });
    const versions: number[] = [];
    for await (const item of await client.notes.export.query({ count: 3 })) versions.push(item.version);
    expect(versions).toEqual([0, 1, 2]);
    const leave = new AbortController();
    const endless = await client.notes.export.query({ count: 1_000_000 }, { signal: leave.signal });
    const read = async () => {
      for await (const item of endless) if (item.version === 2) leave.abort();
    };
    await expect(read()).rejects.toThrow();
    expect(await eventually(() => counters.returned === 2)).toBe(true);
  });

  it('gives its client an error it understands for a batch that is refused', async () => {
    const { listen, seen } = await notesApp();
    const client = createTRPCClient<NotesRouter>({ links: [httpBatchLink({ url: `${await listen()}/trpc` })] });
    const calls = [client.auth.login.mutate({ name: 'a' }), client.auth.login.mutate({ name: 'b' })];
    for (const settled of await Promise.allSettled(calls)) {
      expect(settled).toMatchObject({ status: 'rejected', reason: { data: { reason: 'batch_refused' } } });
      expect(settled.status === 'rejected' && settled.reason).toBeInstanceOf(TRPCClientError);
    }
    expect(seen).toEqual([]);
    expect(await client.auth.login.mutate({ name: 'alone' })).toEqual({ ok: true });
  });
});

describe('what the tRPC wire refuses', () => {
  it.each([
    ['multipart', 'multipart/form-data; boundary=x'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['text', 'text/plain'],
    ['bytes', 'application/octet-stream'],
    ['JSON and something else', 'application/json, text/plain'],
    ['another charset', 'application/json; charset=utf-16'],
    ['no content type', undefined],
  ])('answers 415 to a POST of %s, and runs nothing', async (_name, type) => {
    const { app, seen } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/trpc/auth.login',
      headers: type === undefined ? {} : { 'content-type': type },
      payload: '{"name":"x"}',
    });
    expect(res.statusCode).toBe(415);
    expect(res.json()).toEqual({
      error: {
        message: expect.stringContaining('A tRPC call must be application/json in UTF-8'),
        code: -32015,
        data: {
          code: 'UNSUPPORTED_MEDIA_TYPE',
          httpStatus: 415,
          path: 'auth.login',
          reason: 'media_type',
        },
      },
    });
    expect(seen).toEqual([]);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'takes a POST of %s',
    async (type) => {
      const { app } = await notesApp();
      const headers = { 'content-type': type };
      const res = await app.inject({ method: 'POST', url: '/trpc/auth.login', headers, payload: '{"name":"x"}' });
      expect(res.statusCode).toBe(200);
    },
  );

  it('runs no mutation on a GET', async () => {
    const { app, seen } = await notesApp();
    const res = await app.inject(`/trpc/auth.login?input=${inputOf({ name: 'x' })}`);
    expect([res.statusCode, res.headers.allow]).toEqual([405, 'POST']);
    const hidden = await app.inject({
      url: `/trpc/auth.login?input=${inputOf({ name: 'x' })}`,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(hidden.statusCode).toBe(405);
    expect(seen).toEqual([]);
  });

  it('answers HEAD without a body and runs nothing', async () => {
    const { app, seen } = await notesApp();
    const res = await app.inject({ method: 'HEAD', url: '/trpc/notes.list' });
    expect([res.statusCode, res.body]).toEqual([204, '']);
    expect(seen).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'TRACE'] as const)('answers 405 to %s', async (method) => {
    const { app } = await notesApp();
    const res = await app.inject({ method: method as 'PUT', url: '/trpc/notes.list' });
    expect([res.statusCode, res.headers.allow, res.json().error.data.reason]).toEqual([
      405,
      'GET, HEAD, OPTIONS, POST',
      'method',
    ]);
  });

  it.each([
    ['broken JSON', '{"deep":', 'malformed_json'],
    ['__proto__', '{"deep":{"__proto__":{"admin":true}}}', 'malformed_json'],
    ['constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}', 'malformed_json'],
    ['65 levels', `${'{"deep":'.repeat(65)}1${'}'.repeat(65)}`, 'too_deep'],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too_deep'],
  ])('answers 400 to %s in a body', async (_name, payload, reason) => {
    const { app } = await notesApp();
    const res = await app.inject({ method: 'POST', url: '/trpc/notes.touch', headers: JSON_TYPE, payload });
    expect([res.statusCode, res.json().error.data.reason]).toEqual([400, reason]);
    expect('admin' in {}).toBe(false);
  });

  it.each([
    ['broken JSON', '{"q":', 'malformed_json'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'malformed_json'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'too_deep'],
  ])('answers 400 to %s in the input of a GET', async (_name, input, reason) => {
    const { app } = await notesApp();
    const res = await app.inject(`/trpc/notes.list?input=${encodeURIComponent(input)}`);
    expect([res.statusCode, res.json().error.data.reason]).toEqual([400, reason]);
  });

  it('bounds the calls of a batch', async () => {
    const { app, contexts } = await notesApp({ wire: { maxBatchSize: 3 } });
    const batch = (size: number) => app.inject(`/trpc/${Array(size).fill('notes.templates').join(',')}?batch=1`);
    expect((await batch(3)).statusCode).toBe(200);
    const refused = await batch(4);
    expect([refused.statusCode, refused.json().error.data.reason]).toEqual([400, 'batch_too_large']);
    expect(contexts).toMatchObject([{ path: 'notes.templates', type: 'query', batchIndex: 0, batchSize: 3 }]);
  });

  it.each([
    ['a thousand calls', { fastify: { routerOptions: { maxParamLength: 100_000 } } }, [60, 1_000], [1_001]],
    ['as many calls as maxBatchSize says', { wire: { maxBatchSize: 50 } }, [50], [51, 500]],
  ])('takes %s in a batch, whatever the length of the path', async (_, options, taken, refused) => {
    const { app } = await notesApp(options);
    const batch = (size: number) => app.inject(`/trpc/${Array(size).fill('notes.templates').join(',')}?batch=1`);
    for (const size of taken) expect((await batch(size)).json()).toHaveLength(size);
    for (const size of refused) expect((await batch(size)).statusCode).toBe(400);
  });

  it.each([
    ['plain', 'auth.login,notes.touch'],
    ['with an escaped comma', 'auth.login%2Cnotes.touch'],
    ['with an escaped dot', 'auth%2Elogin,notes.touch'],
    ['escaped twice', 'auth%252Elogin%252Cauth%252Elogin'],
    ['with one call escaped twice', 'notes.touch,auth%252Elogin'],
  ])('never runs a procedure that refuses batches inside one: %s', async (_name, path) => {
    const { app, seen } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: `/trpc/${path}?batch=1`,
      headers: JSON_TYPE,
      payload: { 0: { name: 'x' }, 1: { name: 'y' } },
    });
    expect(res.statusCode).toBeGreaterThanOrEqual(207);
    expect(seen).toEqual([]);
  });

  it('answers 404 in its own shape to a path that is no procedure, also one of Object.prototype', async () => {
    const { app } = await notesApp();
    for (const path of ['nothing', '__proto__', 'constructor', 'notes', 'a/b', '', '_def.procedures']) {
      const res = await app.inject(`/trpc/${path}`);
      expect([path, res.statusCode, res.json().error.data.code]).toEqual([path, 404, 'NOT_FOUND']);
    }
  });

  it('bounds an answer, and those of a batch together, by what the host says', async () => {
    const reasonsOf = async (wire: Partial<WireOptions>, paths: string) => {
      const { app } = await notesApp({ wire });
      const isBatch = paths.includes(',');
      const { body } = await app.inject({ url: `/trpc/${paths}${isBatch ? '?batch=1' : ''}` });
      const answers: { error?: { data: { reason: string } } }[] = [JSON.parse(body)].flat();
      return answers.map(({ error }) => error?.data.reason ?? 'ok');
    };
    const one = 'notes.templates';
    const length = '{"items":[]}'.length;
    expect(await reasonsOf({ maxAnswerBytes: length }, one)).toEqual(['ok']);
    expect(await reasonsOf({ maxAnswerBytes: length - 1 }, one)).toEqual(['answer_too_large']);
    expect(await reasonsOf({ maxAnswerBytes: Number.POSITIVE_INFINITY }, one)).toEqual(['ok']);
    const both = `${one},${one}`;
    expect(await reasonsOf({ maxAnswerBytes: length }, both)).toEqual(['ok', 'ok']);
    expect(await reasonsOf({ maxBatchBytes: 1 }, both)).not.toContain('ok');
  });

  it("answers 413 to a body over the limit: its own, or the app's", async () => {
    const { app } = await notesApp({ fastify: { bodyLimit: 1000 } });
    const res = await app.inject({ method: 'POST', url: '/trpc/notes.touch', payload: { deep: 'x'.repeat(2000) } });
    expect([res.statusCode, res.json().error.data.reason]).toEqual([413, 'too_large']);
    const own = await notesApp({ wire: { bodyLimit: 100 } });
    const small = await own.app.inject({
      method: 'POST',
      url: '/trpc/notes.touch',
      payload: { deep: 'x'.repeat(200) },
    });
    expect(small.statusCode).toBe(413);
  });

  it.each([
    ['JSON', 'application/json', 413],
    ['multipart', 'multipart/form-data; boundary=x', 415],
  ])('stops a chunked 200 MB of %s early', async (_name, type, status) => {
    const base = await (await notesApp()).listen();
    const sent = await sendChunked(`${base}/trpc/notes.touch`, { type, total: 200_000_000 });
    expect(sent.status).toBe(status);
    expect(sent.sentBytes).toBeLessThan(20_000_000);
  });

  it('answers 4xx, never 5xx, to malformed hosts and targets', async () => {
    const base = await (await notesApp()).listen();
    const get = (target: string, host: string) =>
      rawStatus(base, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const path = '/trpc/notes.templates';
    for (const host of ['[', 'a b', 'user@host', 'host:99999', 'host:x', '', 'a/b', 'a?b', '%zz', '%00', '\u00e9']) {
      expect([host, (await get(path, host)).split(' ')[1]]).toEqual([host, '400']);
    }
    for (const target of ['/trpc/%', '/trpc/%zz', 'http://user:pass@host/trpc/notes.templates', '/trpc/a%00']) {
      const [, status] = (await get(target, 'localhost')).split(' ');
      expect([target, status?.[0]]).toEqual([target, '4']);
    }
    expect(await get(path, 'localhost:3000')).toContain('200');
    expect(await get(path, '[::1]:3000')).toContain('200');
    expect(await get('http://localhost/trpc/notes.templates', 'localhost')).toContain('200');
  });

  it('keeps the messages of foreign errors inside, although the router is in development', async () => {
    const { app, errors } = await notesApp();
    const res = await app.inject({ method: 'POST', url: '/trpc/notes.crash', headers: JSON_TYPE });
    expect(res.statusCode).toBe(500);
    expect(res.json().error).toMatchObject({ message: 'Internal server error' });
    expect(res.body).not.toMatch(/secret_idx/);
    expect(errors[0]?.message).toContain('secret_idx');
  });

  it('answers the TRPCErrors of host hooks in its own shape', async () => {
    const { app } = await notesApp({
      onRequest: async () => {
        throw refuse('unavailable', 'Too busy.');
      },
    });
    const res = await app.inject('/trpc/notes.templates');
    expect([res.statusCode, res.json().error.message]).toEqual([503, 'Too busy.']);
  });

  it('answers errors of host hooks as the host says, and leaves others to its error handler', async () => {
    class Busy extends Error {}
    const asCallError = (error: unknown) =>
      error instanceof Busy ? new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: 'Later.' }) : undefined;
    const { app } = await notesApp({
      wire: { asCallError, errorHeaders: () => ({ 'retry-after': '2' }) },
      onRequest: async (req) => {
        throw 'x-busy' in req.headers ? new Busy() : Object.assign(new Error('Not you.'), { statusCode: 403 });
      },
    });
    const busy = await app.inject({ url: '/trpc/notes.templates', headers: { 'x-busy': '1' } });
    expect([busy.statusCode, busy.headers['retry-after'], busy.json().error.message]).toEqual([503, '2', 'Later.']);
    const other = await app.inject('/trpc/notes.templates');
    expect([other.statusCode, other.json()]).toEqual([500, { host: 'Not you.' }]);
  });

  it('sends the headers that errors ask for, alone, in a batch and for a refusal', async () => {
    const errorHeaders: WireOptions['errorHeaders'] = ([first]) => ({ 'retry-after': first?.code ?? '' });
    const { app } = await notesApp({ wire: { errorHeaders, maxBatchSize: 2 } });
    const missing = `input=${inputOf({ 0: { id: MISSING }, 1: { id: MISSING } })}`;
    const after = async (url: string) => (await app.inject(url)).headers['retry-after'];
    expect(await after(`/trpc/notes.get?input=${inputOf({ id: MISSING })}`)).toBe('NOT_FOUND');
    expect(await after(`/trpc/notes.get,notes.get?batch=1&${missing}`)).toBe('NOT_FOUND');
    expect(await after('/trpc/a,b,c?batch=1')).toBe('BAD_REQUEST');
    expect(await after('/trpc/notes.templates')).toBeUndefined();
  });

  it('answers a call that takes too long in its own shape', async () => {
    const { app } = await notesApp({ fastify: { handlerTimeout: 50 } });
    const res = await app.inject('/trpc/notes.slow');
    expect([res.statusCode, res.json().error.data.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
  });
});

describe('the tRPC wire beside other routes', () => {
  it('keeps what CORS has put in Vary', async () => {
    const { app } = await notesApp({
      onRequest: async (_req, reply) => {
        reply.header('vary', 'Origin');
      },
    });
    for (const url of ['/trpc/notes.templates', '/trpc/notes.templates?batch=1', '/notes/export']) {
      expect((await app.inject(url)).headers.vary).toContain('Origin');
    }
  });

  it("leaves the app's parsers as they are", async () => {
    const made = await notesApp();
    made.app.post('/plain', async (req) => ({ body: req.body }));
    const res = await made.app.inject({ method: 'POST', url: '/plain', payload: { a: 1 } });
    expect(res.json()).toEqual({ body: { a: 1 } });
    const text = await made.app.inject({
      method: 'POST',
      url: '/plain',
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    expect(text.json()).toEqual({ body: 'x' });
  });

  it('logs nothing for a client that disconnects', async () => {
    const { listen, counters, errors } = await notesApp();
    const base = await listen();
    const leave = new AbortController();
    const answer = fetch(`${base}/trpc/notes.slow`, { signal: leave.signal }).catch((error: Error) => error.name);
    expect(await eventually(() => counters.yielded === 1)).toBe(true);
    leave.abort();
    expect(await answer).toBe('AbortError');
    expect(await eventually(() => counters.aborted === 1)).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('one procedure over both transports', () => {
  const cases: Array<[name: string, rest: string | InjectOptions, path: string, input: unknown]> = [
    ['a query', `/notes/${ID}`, 'notes.get', { id: ID }],
    ['a query that fails', `/notes/${MISSING}`, 'notes.get', { id: MISSING }],
    ['a query with bad input', '/notes/x', 'notes.get', { id: 'x' }],
    [
      'typed query fields',
      '/notes?limit=5&tag=a&starred=false',
      'notes.list',
      { limit: 5, tag: ['a'], starred: false },
    ],
    ['an unknown field', '/notes?x=1', 'notes.list', { x: '1' }],
    ['a mutation', { method: 'POST', url: '/touch', payload: {} }, 'notes.touch', {}],
    [
      'a conflict',
      { method: 'PUT', url: `/notes/${ID}`, payload: { baseVersion: 1 } },
      'notes.update',
      { id: ID, baseVersion: 1 },
    ],
    ['a crash', { method: 'POST', url: '/crash' }, 'notes.crash', undefined],
  ];

  it.each(cases)('answers %s with the same JSON and status', async (_name, rest, path, input) => {
    const { app } = await notesApp();
    const one = await app.inject(rest);
    const get = typeof rest === 'string';
    const other = get
      ? await app.inject(`/trpc/${path}?input=${inputOf(input)}`)
      : await app.inject({
          method: 'POST',
          url: `/trpc/${path}`,
          headers: JSON_TYPE,
          payload: JSON.stringify(input) ?? '',
        });
    const shape = other.json();
    if (one.statusCode < 400) expect(shape.result.data).toEqual(one.json());
    else expect(shape.error.data.httpStatus).toBe(one.statusCode);
  });
});
