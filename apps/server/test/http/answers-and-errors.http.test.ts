import { givenPerson } from '@promptory/api/testing';
import { Problem } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { bootApp, givenApp, ORIGIN } from '../harness/boot.ts';

const server = await givenApp();
const alice = await givenPerson(server.services, { handle: 'alice' });

describe('answers', () => {
  it('carry the security headers, a request id and no-store, whatever they say', async () => {
    for (const url of ['/health/live', '/prompts', '/nowhere', '/trpc/prompts.list', '/trpc/no.such', '/%']) {
      const { headers, statusCode } = await server.call({ url });
      expect({ url, statusCode }).not.toMatchObject({ statusCode: 500 });
      expect(headers['x-content-type-options'], url).toBe('nosniff');
      expect(headers['content-security-policy'], url).toContain("default-src 'none'");
      expect(headers['content-security-policy'], url).toContain("frame-ancestors 'none'");
      expect(headers['referrer-policy'], url).toBe('no-referrer');
      expect(headers['cache-control'], url).toBe('no-store');
      expect(headers['x-request-id'], url).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('say themselves how long they may be kept, where they may', async () => {
    for (const [url, kept] of [
      ['/favicon.ico', 'max-age=86400'],
      ['/openapi.json', 'no-cache'],
      ['/docs/errors', 'no-cache'],
    ]) {
      expect([url, (await server.call({ url: String(url) })).headers['cache-control']]).toEqual([url, kept]);
    }
  });

  it('promise TLS for a year where the public address has it, and only there', async () => {
    expect((await server.call({ url: '/health/live' })).headers['strict-transport-security']).toContain(
      'max-age=31536000',
    );
    const plain = await bootApp({ settings: { publicUrl: 'http://localhost:3000' } });
    expect((await plain.call({ url: '/health/live' })).headers['strict-transport-security']).toBeUndefined();
    await plain.close();
  });

  it('never take a request id from the caller', async () => {
    const { headers } = await server.call({ url: '/health/live', headers: { 'x-request-id': 'mine' } });
    expect(headers['x-request-id']).not.toBe('mine');
  });
});

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

describe('errors', () => {
  it('are problem documents of one shape, with the id of the header and a page for their code', async () => {
    const response = await server.call({ url: '/prompts' });
    expect(response.statusCode).toBe(401);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['www-authenticate']).toContain('Bearer');
    const problem = Problem.parse(response.json());
    expect(problem).toEqual({
      type: `${ORIGIN}/docs/errors#auth.required`,
      title: 'Unauthorized',
      status: 401,
      detail: 'Sign in first, or send an API key.',
      code: 'auth.required',
      requestId: response.headers['x-request-id'],
      errors: [],
    });
    expect((await server.call({ url: '/docs/errors' })).body).toContain('id="auth.required"');
  });

  it('carry the same code, request id and errors on the tRPC wire', async () => {
    const response = await server.call({ url: '/trpc/prompts.list' });
    expect(response.statusCode).toBe(401);
    const { data } = response.json<{ error: { data: object } }>().error;
    expect(data).toMatchObject({ code: 'auth.required', requestId: response.headers['x-request-id'], errors: [] });
  });

  it('name each fault of an input by code, parameters and sentence, on both transports', async () => {
    const body = { email: 'x'.repeat(300), surprise: true };
    const rest = await server.call({ method: 'POST', url: '/auth/forgot-password', payload: body });
    const trpc = await server.call({ method: 'POST', url: '/trpc/auth.forgotPassword', payload: body });
    const { errors } = Problem.parse(rest.json());
    expect(errors).toEqual([
      {
        path: 'email',
        code: 'too_big',
        params: { maximum: 254, unit: 'characters' },
        message: 'Must have at most 254 characters',
      },
      {
        path: 'surprise',
        code: 'unrecognized_key',
        params: {},
        message: 'Is no field that is known here: leave it out',
      },
    ]);
    expect(trpc.json<{ error: { data: { errors: unknown } } }>().error.data.errors).toEqual(errors);
  });

  it.each(['/%', '/%zz', '/prompts/%C0%AF', '/prompts/%', '/trpc/%', `/prompts/${'a'.repeat(600)}`])(
    'answer the malformed address %s with 400',
    async (url) => {
      const response = await server.call({ url });
      expect(response.statusCode).toBe(400);
      expect(response.json<{ code: string }>().code ?? 'request.malformed').toBe('request.malformed');
    },
  );

  it('tell an unknown address from a known one with another method', async () => {
    expect((await server.call({ url: '/nowhere' })).json()).toMatchObject({ code: 'route.not_found', status: 404 });
    for (const [method, url, allow] of [
      ['PATCH', '/prompts', 'GET, HEAD, OPTIONS, POST'],
      ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const response = await server.call({ method, url });
      expect({ url, status: response.statusCode, allow: response.headers.allow }).toEqual({ url, status: 405, allow });
      expect(response.json()).toMatchObject({ code: 'request.method_not_allowed' });
    }
  });

  it('are problem documents whatever is accepted, and 406 where that is not what there is', async () => {
    const as = (accept: string) =>
      server.call({ url: '/auth/login', method: 'POST', headers: { accept }, payload: {} });
    const invalid = await as('application/json');
    expect([invalid.statusCode, invalid.headers['content-type']]).toEqual([400, PROBLEM_TYPE]);
    const refused = await as('text/html, application/json;q=0');
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([406, PROBLEM_TYPE]);
    expect(Problem.parse(refused.json())).toMatchObject({ code: 'request.not_acceptable', status: 406 });
  });

  it('name the type that is taken where a body has another', async () => {
    const headers = { 'content-type': 'text/plain' };
    const response = await server.call({ method: 'POST', url: '/auth/login', headers, payload: '{}' });
    expect([response.statusCode, response.headers.accept]).toEqual([415, 'application/json']);
  });

  it('refuse an API key in an address, on every route, encoded or not', async () => {
    const key = (await server.as.key(alice, { scopes: ['prompts:read'] }))['x-api-key'];
    for (const url of [
      `/prompts?api_key=${key}`,
      `/prompts?q=${key}`,
      `/prompts?q=%70ty_live_${key.slice(9)}`,
      `/nowhere?x=${key}`,
      `/trpc/prompts.list?input=${encodeURIComponent(JSON.stringify({ q: key }))}`,
    ]) {
      expect((await server.call({ url })).statusCode, url).toBe(400);
    }
  });

  it('let no batch hold a call that proves who one is', async () => {
    const response = await server.call({ method: 'POST', url: '/trpc/auth.login,auth.login?batch=1', payload: {} });
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain('request.batch_refused');
    expect(response.body).toContain(String(response.headers['x-request-id']));
  });

  it('take twenty calls in a batch and no more', async () => {
    const batch = (size: number) => server.call({ url: `/trpc/${Array(size).fill('prompts.list').join(',')}?batch=1` });
    expect((await batch(20)).json()).toHaveLength(20);
    const refused = await batch(21);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('request.batch_refused');
  });
});

describe('OPTIONS', () => {
  it.each([
    ['/prompts', 'GET, HEAD, OPTIONS, POST'],
    ['/health/live', 'GET, HEAD, OPTIONS'],
    ['/docs', 'GET, HEAD, OPTIONS'],
  ])('of %s is 204 with Allow, for whoever asks', async (url, allow) => {
    for (const headers of [{}, { origin: 'https://elsewhere.invalid', 'access-control-request-method': 'PUT' }]) {
      const response = await server.call({ method: 'OPTIONS', url, headers });
      expect([response.statusCode, response.headers.allow, response.body]).toEqual([204, allow, '']);
      expect(response.headers['access-control-allow-origin']).toBeUndefined();
      expect(response.headers['x-request-id']).toBeDefined();
    }
  });

  it('of an address where nothing is is 404', async () => {
    expect((await server.call({ method: 'OPTIONS', url: '/nowhere' })).json()).toMatchObject({
      code: 'route.not_found',
    });
  });

  it('names for each address just the methods that are not answered 405', async () => {
    for (const url of ['/prompts/export', `/prompts/${alice.id}`, '/groups', '/users/me']) {
      const { headers } = await server.call({ method: 'OPTIONS', url });
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
        const { statusCode } = await server.call({ method, url });
        expect({ method, url, refused: statusCode === 405 }).toEqual({
          method,
          url,
          refused: !String(headers.allow).split(', ').includes(method),
        });
      }
    }
  });

  it('of a trusted page is a preflight, whose answer carries the security headers too', async () => {
    const trusted = await bootApp({ app: { corsOrigins: ['https://app.invalid'] } });
    const headers = { origin: 'https://app.invalid', 'access-control-request-method': 'PUT' };
    for (const url of ['/prompts', '/health/live', '/trpc/prompts.list']) {
      const { statusCode, headers: answered } = await trusted.call({ method: 'OPTIONS', url, headers });
      expect({ url, statusCode, origin: answered['access-control-allow-origin'] }).toEqual({
        url,
        statusCode: 204,
        origin: 'https://app.invalid',
      });
      expect(answered['access-control-allow-methods']).toContain('PUT');
      expect(answered['x-content-type-options'], url).toBe('nosniff');
      expect(answered['content-security-policy'], url).toContain("default-src 'none'");
      expect(answered['x-request-id'], url).toMatch(/^[0-9a-f-]{36}$/);
    }
    await trusted.close();
  });
});

describe('HEAD', () => {
  it('has the status and the headers of GET, and no body', async () => {
    const headers = await server.as.person(alice);
    for (const url of ['/users/me', '/prompts?limit=5', `/prompts/${alice.id}`, '/health/live', '/openapi.json']) {
      const [get, head] = await Promise.all(
        (['GET', 'HEAD'] as const).map((method) => server.call({ method, url, headers })),
      );
      expect(head?.body).toBe('');
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control']) {
        expect({ url, name, value: head?.headers[name] }).toEqual({ url, name, value: get?.headers[name] });
      }
      expect(head?.statusCode).toBe(get?.statusCode);
    }
  });
});
