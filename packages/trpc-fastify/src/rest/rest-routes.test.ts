import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { ID, MISSING } from '../../test/fixtures/notes.ts';
import { notesApp } from '../../test/fixtures/notes-app.ts';
import type { RestOptions } from './rest-options.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('input over REST', () => {
  it('reads query texts as the input schema means them', async () => {
    const { app } = await notesApp();
    const res = await app.inject('/notes?limit=5&tag=a&tag=b&starred=true&level=2&ratio=-0.5&q=12');
    expect(res.statusCode).toBe(200);
    expect(res.json().asked).toEqual({
      limit: 5,
      tag: ['a', 'b'],
      starred: true,
      level: 2,
      ratio: -0.5,
      q: '12',
    });
  });

  it.each([
    ['a word for a number', '/notes?limit=many'],
    ['an unknown key', '/notes?limti=5'],
    ['a repeated scalar', '/notes?limit=5&limit=6'],
    ['__proto__ as a key', '/notes?__proto__=1'],
    ['constructor as a key', '/notes?constructor=1'],
    ['a path parameter again in the query with another value', `/notes/${ID}?id=${MISSING}`],
    ['a malformed path parameter', '/notes/not-a-uuid'],
  ])('refuses %s', async (_name, url) => {
    const { app } = await notesApp();
    expect((await app.inject(url)).statusCode).toBe(400);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('1');
  });

  it('merges the body with the path, and refuses a body that disagrees with it', async () => {
    const { app } = await notesApp();
    const put = (payload: object) => app.inject({ method: 'PUT', url: `/notes/${ID}`, payload });
    expect((await put({ title: 'New' })).json()).toMatchObject({ id: ID, title: 'New' });
    expect((await put({ title: 'New', id: ID })).statusCode).toBe(200);
    const refused = await put({ title: 'New', id: MISSING });
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'field_conflict']);
  });

  it('turns path parameters into numbers, also for an input that is a union', async () => {
    const { app } = await notesApp();
    const res = await app.inject({ method: 'PUT', url: `/notes/${ID}/order/3`, payload: { before: 'x' } });
    expect(res.json()).toEqual({ id: ID, place: 3, before: 'x' });
  });

  it('takes an empty body for {} where every field is optional', async () => {
    const { app } = await notesApp();
    expect((await app.inject({ method: 'POST', url: '/touch' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: '/touch', headers: JSON_TYPE, payload: '' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: '/notes' })).statusCode).toBe(400);
  });

  it.each(['"title"', '5', 'true', '["title"]'])(
    'refuses %s as a body, which is JSON and no object',
    async (payload) => {
      const { app, errors } = await notesApp();
      const res = await app.inject({ method: 'PUT', url: `/notes/${ID}`, headers: JSON_TYPE, payload });
      expect([res.statusCode, errors.map(({ code }) => code)]).toEqual([400, ['BAD_REQUEST']]);
    },
  );

  it('does not take body fields from the query', async () => {
    const { app } = await notesApp();
    const res = await app.inject({ method: 'POST', url: '/notes?title=x', payload: { title: 'x' } });
    expect([res.statusCode, res.json().code]).toEqual([400, 'query_not_allowed']);
  });

  it('ignores a body on GET, and on DELETE reads the query', async () => {
    const { app } = await notesApp();
    expect((await app.inject({ method: 'GET', url: `/notes/${ID}`, payload: { id: MISSING } })).statusCode).toBe(200);
    expect((await app.inject({ method: 'DELETE', url: `/notes/${ID}?force=true` })).statusCode).toBe(204);
    expect((await app.inject({ method: 'DELETE', url: `/notes/${ID}?force=1` })).statusCode).toBe(400);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['another charset', 'application/json; charset=utf-16'],
    ['a list of types', 'application/json, text/plain'],
    ['a type that only starts like JSON', 'application/json-patch+json'],
    ['nonsense', 'json'],
  ])('answers 415 to a body that is %s', async (_name, type) => {
    const { app } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/touch',
      headers: { 'content-type': type },
      payload: '{}',
    });
    expect([res.statusCode, res.json().code]).toEqual([415, 'media_type']);
    expect(res.headers.accept).toBe('application/json');
    expect(res.headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    ['no length', {}],
    ['a length of 0', { 'content-length': '0' }],
  ])(
    'passes over the content type of no body at all, which axios names with every POST, with %s',
    async (_name, length) => {
      const { app } = await notesApp();
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...length };
      const res = await app.inject({ method: 'POST', url: '/touch', headers });
      const bare = await app.inject({ method: 'POST', url: '/touch' });
      expect([res.statusCode, res.body]).toEqual([bare.statusCode, bare.body]);
      expect(res.statusCode).toBeLessThan(300);
      const form = await app.inject({ method: 'POST', url: '/touch', headers: { ...headers, cookie: 'session=x' } });
      expect([form.statusCode, form.json().code]).toEqual([415, 'media_type']);
    },
  );

  it('answers 415 to a body without a content type', async () => {
    const { app } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/touch',
      payload: Buffer.from('{}'),
      headers: { 'content-length': '2' },
    });
    expect(res.statusCode).toBe(415);
  });

  it.each([
    ['broken JSON', '{"deep":', 'malformed_json'],
    ['__proto__', '{"deep":{"__proto__":{"admin":true}}}', 'malformed_json'],
    ['an escaped __proto__', '{"deep":{"\\u005f_proto__":{"admin":true}}}', 'malformed_json'],
    ['constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}', 'malformed_json'],
    ['65 levels', `${'{"deep":'.repeat(65)}1${'}'.repeat(65)}`, 'too_deep'],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'too_deep'],
  ])('answers 400 to a body with %s', async (_name, payload, code) => {
    const { app } = await notesApp();
    const res = await app.inject({ method: 'POST', url: '/touch', headers: JSON_TYPE, payload });
    expect([res.statusCode, res.json().code]).toEqual([400, code]);
    expect('admin' in {}).toBe(false);
  });

  it('takes 64 levels', async () => {
    const { app } = await notesApp();
    const payload = `${'{"deep":'.repeat(64)}1${'}'.repeat(64)}`;
    const res = await app.inject({ method: 'POST', url: '/touch', headers: JSON_TYPE, payload });
    expect(res.statusCode).toBe(200);
  });

  it('answers 400 to bytes that are not UTF-8', async () => {
    const { app } = await notesApp();
    const payload = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const res = await app.inject({ method: 'POST', url: '/notes', headers: JSON_TYPE, payload });
    expect([res.statusCode, res.json().code]).toEqual([400, 'malformed_json']);
  });

  it("answers 413 to a body over the app's limit", async () => {
    const { app } = await notesApp({ fastify: { bodyLimit: 1000 } });
    const res = await app.inject({ method: 'POST', url: '/notes', payload: { title: 'x'.repeat(2000) } });
    expect([res.statusCode, res.json().code]).toEqual([413, 'too_large']);
  });
});

describe('answers over REST', () => {
  it('gives one thing a strong ETag with its version, and 304 to who has it', async () => {
    const { app } = await notesApp();
    const url = `/notes/${ID}`;
    const first = await app.inject(url);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"7-[\w-]{22}"$/);
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await app.inject({ url, headers: { 'if-none-match': held } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    }
    expect((await app.inject({ url, headers: { 'if-none-match': '"7-other"' } })).statusCode).toBe(200);
  });

  it('passes the version of If-Match on, and answers 412 instead of the conflict', async () => {
    const { app } = await notesApp();
    const put = (ifMatch: string, payload: object = { title: 'x' }) =>
      app.inject({ method: 'PUT', url: `/notes/${ID}`, headers: { 'if-match': ifMatch }, payload });
    const current = String((await app.inject(`/notes/${ID}`)).headers.etag);
    expect((await put(current)).statusCode).toBe(200);
    expect((await put('*')).statusCode).toBe(200);
    expect((await put(current, { baseVersion: 7 })).statusCode).toBe(200);
    const stale = await put('"6-abc"');
    expect([stale.statusCode, stale.json()]).toEqual([
      412,
      {
        type: 'about:blank',
        title: 'Precondition Failed',
        status: 412,
        detail: 'Changed meanwhile',
        code: 'conflict',
      },
    ]);
    const conflict = await put(current, { baseVersion: 6 });
    expect([conflict.statusCode, conflict.json().code]).toEqual([400, 'field_conflict']);
    for (const malformed of ['7', '"7"', '"abc"', 'W/"7-abc"', '"7-a", "8-b"', '', `"${'9'.repeat(500)}-a"`]) {
      expect((await put(malformed)).statusCode).toBe(412);
    }
  });

  it('leaves a conflict that is not about the version a 409, where the host tells them apart', async () => {
    const { app } = await notesApp({ rest: { isStale: () => false } });
    const stale = await app.inject({
      method: 'PUT',
      url: `/notes/${ID}`,
      headers: { 'if-match': '"6-abc"' },
      payload: { title: 'x' },
    });
    expect([stale.statusCode, stale.json().status]).toEqual([409, 409]);
  });

  it('leaves a conflict without If-Match a 409', async () => {
    const { app } = await notesApp();
    // Of an entry that takes no If-Match it was no condition.
    const other = await app.inject({ url: '/notes/export?failAt=0', headers: { 'if-match': '"6-abc"' } });
    expect([other.statusCode, other.json().status]).toEqual([409, 409]);
    const res = await app.inject({ method: 'PUT', url: `/notes/${ID}`, payload: { baseVersion: 6 } });
    expect([res.statusCode, res.json().status]).toEqual([409, 409]);
    const any = await app.inject({
      method: 'PUT',
      url: `/notes/${ID}`,
      headers: { 'if-match': '*' },
      payload: { baseVersion: 6 },
    });
    expect(any.statusCode).toBe(409);
  });

  it('answers 201 with the Location of what was made, 202 where the output says so, 204 without a body', async () => {
    const { app } = await notesApp();
    const made = await app.inject({ method: 'POST', url: '/notes', payload: { title: 'x' } });
    expect([made.statusCode, made.headers.location]).toEqual([201, `/notes/${ID}`]);
    const mailed = await app.inject({ method: 'POST', url: '/sign-up', payload: { mail: true } });
    expect([mailed.statusCode, mailed.json()]).toEqual([202, null]);
    expect((await app.inject({ method: 'POST', url: '/sign-up', payload: {} })).statusCode).toBe(201);
    const gone = await app.inject({ method: 'DELETE', url: `/notes/${ID}` });
    expect([gone.statusCode, gone.body, gone.headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('prefers a fixed path to a parameter', async () => {
    const { app } = await notesApp();
    expect((await app.inject('/notes/templates')).json()).toEqual({ items: [] });
  });

  it("sends every failure through the host's one table, and nothing of an unexpected one", async () => {
    const { app, errors } = await notesApp();
    const missing = await app.inject(`/notes/${MISSING}`);
    expect([missing.statusCode, missing.json().code]).toEqual([404, 'not_found']);
    const crash = await app.inject({ method: 'POST', url: '/crash' });
    expect(crash.statusCode).toBe(500);
    expect(crash.body).not.toContain('secret_idx');
    expect(errors.map(({ code }) => code)).toEqual(['NOT_FOUND', 'INTERNAL_SERVER_ERROR']);
  });

  it('tells the table of whose call it is, where a context was made', async () => {
    const given: object[] = [];
    const { app } = await notesApp({
      rest: {
        problem: (_error, { req, ...at }) => {
          given.push({ ...at, url: req.url });
          return { status: 400, body: { code: 'bad_request' } };
        },
      },
    });
    await app.inject('/notes/not-a-uuid');
    expect(given).toEqual([
      { path: 'notes.get', ctx: expect.objectContaining({ user: 'alice' }), url: '/notes/not-a-uuid' },
    ]);
  });

  it('answers a failing createContext through the table too', async () => {
    const { app } = await notesApp({
      rest: {
        createContext: () => {
          throw new Error('database is away');
        },
      },
    });
    expect((await app.inject(`/notes/${ID}`)).statusCode).toBe(500);
  });

  it('takes a reset connection to something else for an error, not for a client that disconnected', async () => {
    const { app, errors } = await notesApp({
      rest: {
        createContext: async ({ req }) => {
          expect(req.body).toEqual({});
          throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
        },
      },
    });
    const res = await app.inject({ method: 'POST', url: '/touch', payload: {} });
    expect([res.statusCode, errors.length]).toEqual([500, 1]);
  });

  it("leaves errors of the host's own hooks to the host's own handler, except TRPCErrors", async () => {
    const { app } = await notesApp({
      onRequest: async (req) => {
        if (req.headers.limited !== undefined) throw new TRPCError({ code: 'TOO_MANY_REQUESTS' });
        throw new Error('from a hook');
      },
    });
    expect((await app.inject('/notes')).json()).toEqual({ host: 'from a hook' });
    const limited = await app.inject({ url: '/notes', headers: { limited: '1' } });
    expect([limited.statusCode, limited.json().code]).toEqual([429, 'too_many_requests']);
  });

  it('tells createContext for which call the context is, and looks at the input only when the procedure asks', async () => {
    const order: string[] = [];
    const createContext: RestOptions['createContext'] = ({ procedure }) => {
      order.push(`${procedure.type} ${procedure.path} ${procedure.batchIndex}/${procedure.batchSize}`);
      return { user: 'alice', seen: [] };
    };
    const { app } = await notesApp({ rest: { createContext } });
    await app.inject({ method: 'PUT', url: `/notes/${ID}`, payload: { id: MISSING } });
    expect(order).toEqual(['mutation notes.update 0/1']);
  });

  it('serves one procedure on several routes', async () => {
    const { app } = await notesApp();
    for (const method of ['POST', 'PUT'] as const) {
      expect((await app.inject({ method, url: '/touch', payload: {} })).json()).toEqual({ user: 'alice' });
    }
  });
});
