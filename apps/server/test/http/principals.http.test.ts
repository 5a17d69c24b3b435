import { givenPerson } from '@promptory/api/testing';
import { describe, expect, it } from 'vitest';
import { SESSION_COOKIE } from '../../src/http/session-cookie.ts';
import { givenApp, ORIGIN } from '../harness/boot.ts';

const server = await givenApp({ app: { corsOrigins: ['https://app.example.com'] } });
const alice = await givenPerson(server.services, { handle: 'alice' });

const codeOf = async (headers: Record<string, string>, url = '/users/me'): Promise<[number, string | undefined]> => {
  const response = await server.call({ url, headers });
  return [response.statusCode, response.json<{ code?: string }>().code];
};

describe('a caller', () => {
  it('is who the access token says, while its session lives', async () => {
    const { accessToken, sessionId } = await server.session(alice);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect(await codeOf(headers)).toEqual([200, undefined]);
    await server.services.db.deleteFrom('sessions').where('id', '=', sessionId).execute();
    expect(await codeOf(headers)).toEqual([401, 'auth.invalid_token']);
  });

  it('is who the API key speaks for, in either header, until it is revoked', async () => {
    const key = (await server.as.key(alice, { scopes: ['account:read'] }))['x-api-key'];
    expect(await codeOf({ 'x-api-key': key })).toEqual([200, undefined]);
    expect(await codeOf({ authorization: `Bearer ${key}` })).toEqual([200, undefined]);
    await server.services.db.updateTable('api_keys').set({ revoked_at: new Date() }).execute();
    expect(await codeOf({ 'x-api-key': key })).toEqual([401, 'auth.invalid_token']);
  });

  it('is nobody once the account is suspended, whatever it sends', async () => {
    const mallory = await givenPerson(server.services, { handle: 'mallory' });
    const headers = [
      await server.as.person(mallory),
      await server.as.key(mallory, { scopes: ['account:read'] }),
      await server.as.cookie(mallory),
    ];
    await server.services.db.updateTable('users').set({ status: 'suspended' }).where('id', '=', mallory.id).execute();
    for (const each of headers) expect(await codeOf(each)).toEqual([401, 'auth.invalid_token']);
  });

  it.each([
    ['garbage', 'Bearer garbage'],
    ['another scheme', 'Basic YWxpY2U6c2VjcmV0'],
    ['no token', 'Bearer '],
    ['a mistyped key', `Bearer pty_live_${'a'.repeat(38)}`],
    ['an unsigned token', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
    ['two tokens', 'Bearer a b'],
  ])('with %s is refused, not taken for a stranger', async (_name, authorization) => {
    expect(await codeOf({ authorization })).toEqual([401, 'auth.invalid_token']);
  });

  it('cannot use a refresh token for an access token', async () => {
    const { refreshToken } = await server.session(alice);
    expect(await codeOf({ authorization: `Bearer ${refreshToken}` })).toEqual([401, 'auth.invalid_token']);
  });

  it('is identified by the Authorization header first, then the key, then the cookie', async () => {
    const person = await server.as.person(alice);
    const key = await server.as.key(alice, { scopes: ['prompts:read'] });
    const cookie = await server.as.cookie(alice);
    expect(await codeOf({ ...cookie, ...key, ...person })).toEqual([200, undefined]);
    expect(await codeOf({ ...cookie, ...key })).toEqual([403, 'auth.scope_missing']);
    expect(await codeOf({ ...cookie, ...key, authorization: 'Bearer garbage' })).toEqual([401, 'auth.invalid_token']);
    expect(await codeOf(cookie)).toEqual([200, undefined]);
  });
});

describe('a cookie session', () => {
  it('acts from our own origin and from those of CORS_ORIGINS', async () => {
    for (const origin of [ORIGIN, 'https://app.example.com']) {
      const headers = await server.as.cookie(alice, origin);
      const response = await server.call({
        method: 'POST',
        url: '/prompts',
        headers,
        payload: { title: 'a', content: 'b' },
      });
      expect(response.statusCode).toBe(201);
    }
  });

  it('changes nothing in any shape of a forged request', async () => {
    const { cookie } = await server.as.cookie(alice);
    const countPrompts = async () =>
      Number(
        (
          await server.services.db
            .selectFrom('prompts')
            .select((eb) => eb.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );
    const before = await countPrompts();
    const json = JSON.stringify({ title: 'forged', content: 'x' });
    const shapes: Array<{
      method: 'GET' | 'POST' | 'PUT';
      url: string;
      headers: Record<string, string>;
      payload?: string;
    }> = [
      { method: 'POST', url: '/prompts', headers: { 'content-type': 'application/json' }, payload: json },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/json', origin: 'null' },
        payload: json,
      },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
        payload: json,
      },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/json', origin: 'https://x.promptory.example' },
        payload: json,
      },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/json', origin: `${ORIGIN}.evil.example` },
        payload: json,
      },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/json', origin: `${ORIGIN}:8443` },
        payload: json,
      },
      { method: 'POST', url: '/prompts', headers: { 'content-type': 'text/plain', origin: ORIGIN }, payload: json },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: ORIGIN },
        payload: 'title=a&content=b',
      },
      {
        method: 'POST',
        url: '/prompts',
        headers: { 'content-type': 'multipart/form-data; boundary=x', origin: ORIGIN },
        payload: `--x\r\ncontent-disposition: form-data; name="0"\r\n\r\n${json}\r\n--x--`,
      },
      {
        method: 'POST',
        url: '/trpc/prompts.create',
        headers: { 'content-type': 'multipart/form-data; boundary=x', origin: ORIGIN },
        payload: '--x--',
      },
      {
        method: 'POST',
        url: '/trpc/prompts.create',
        headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
        payload: json,
      },
      { method: 'POST', url: '/trpc/prompts.create', headers: { origin: ORIGIN }, payload: json },
      { method: 'GET', url: `/trpc/prompts.create?input=${encodeURIComponent(json)}`, headers: { origin: ORIGIN } },
      {
        method: 'POST',
        url: '/trpc/prompts.create?batch=1',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
        payload: `{"0":${json}}`,
      },
    ];
    for (const { headers, ...shape } of shapes) {
      const response = await server.call({ ...shape, headers: { ...headers, cookie } });
      expect(response.statusCode, JSON.stringify({ ...shape, headers })).toBeGreaterThanOrEqual(400);
      expect(response.statusCode).toBeLessThan(500);
    }
    expect(await countPrompts()).toBe(before);
  });

  it('is told why it is refused from another site', async () => {
    const { cookie } = await server.as.cookie(alice);
    const response = await server.call({
      method: 'POST',
      url: '/prompts',
      headers: { cookie, origin: 'https://evil.example' },
      payload: { title: 'a', content: 'b' },
    });
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([403, 'request.cross_site']);
  });

  it('reads without an Origin, as a link does, but not across sites', async () => {
    const { cookie } = await server.as.cookie(alice);
    expect(await codeOf({ cookie })).toEqual([200, undefined]);
    expect(await codeOf({ cookie, 'sec-fetch-site': 'same-origin' })).toEqual([200, undefined]);
    expect(await codeOf({ cookie, 'sec-fetch-site': 'cross-site' })).toEqual([401, 'auth.required']);
    expect(await codeOf({ cookie, origin: 'https://evil.example' })).toEqual([401, 'auth.required']);
  });

  it('takes no token of another kind of session', async () => {
    const { refreshToken } = await server.session(alice, 'token');
    expect(await codeOf({ cookie: `${SESSION_COOKIE}=${refreshToken}`, origin: ORIGIN })).toEqual([
      401,
      'auth.invalid_token',
    ]);
  });

  it('is set host-only, HttpOnly, Secure and Lax, and never for another site', async () => {
    const password = 'a long enough passphrase';
    const payload = { email: 'carol@example.com', password, name: 'Carol', session: 'cookie' };
    const registered = await server.call({
      method: 'POST',
      url: '/auth/register',
      headers: { origin: ORIGIN },
      payload,
    });
    expect(registered.statusCode).toBe(201);
    expect(registered.json()).toMatchObject({ refreshToken: null });
    const set = String(registered.headers['set-cookie']);
    expect(set).toMatch(/^__Host-promptory=ptr_/);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Expires='])
      expect(set).toContain(attribute);
    expect(set).not.toContain('Domain');
    const login = (headers: Record<string, string>) =>
      server.call({
        method: 'POST',
        url: '/auth/login',
        headers,
        payload: { email: payload.email, password, session: 'cookie' },
      });
    for (const [name, value] of [
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ] as const) {
      const refused = await login({ [name]: value });
      expect([refused.statusCode, refused.headers['set-cookie']]).toEqual([403, undefined]);
    }
  });

  it('is refreshed and ended through the cookie from our pages alone', async () => {
    const { cookie, origin } = await server.as.cookie(alice);
    const refresh = (headers: Record<string, string>) =>
      server.call({ method: 'POST', url: '/auth/refresh', headers: { cookie, ...headers }, payload: {} });
    const forged = await refresh({ origin: 'https://evil.example' });
    expect(forged.statusCode).toBeGreaterThanOrEqual(400);
    expect(forged.headers['set-cookie']).toBeUndefined();
    const refreshed = await refresh({ origin });
    expect(refreshed.statusCode).toBe(200);
    const next = String(refreshed.headers['set-cookie']).split(';')[0] ?? '';
    await server.call({
      method: 'POST',
      url: '/auth/logout',
      headers: { cookie: next, origin: 'https://evil.example' },
      payload: {},
    });
    expect(await codeOf({ cookie: next, origin })).toEqual([200, undefined]);
    const ended = await server.call({
      method: 'POST',
      url: '/auth/logout',
      headers: { cookie: next, origin },
      payload: {},
    });
    expect(ended.statusCode).toBeLessThan(300);
    expect(await codeOf({ cookie: next, origin })).toEqual([401, 'auth.invalid_token']);
  });
});

describe('CORS', () => {
  const allowed = 'https://app.example.com';
  const others = [
    'http://app.example.com',
    'https://app.example.com:443',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'https://app.example.com/',
    'https://app.example.com.',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://x.app.example.com',
    'https://example.com',
    'https://appXexample.com',
    'https://app.example.com@evil.example',
    'https://evil.example/https://app.example.com',
    'https://app.example.com%00.evil.example',
    'null',
    'file://',
    '*',
    ORIGIN,
    'https://app.example.com https://evil.example',
  ];

  it('lets exactly the listed origin read answers, with credentials', async () => {
    const { headers } = await server.call({ url: '/users/me', headers: { origin: allowed } });
    expect(headers['access-control-allow-origin']).toBe(allowed);
    expect(headers['access-control-allow-credentials']).toBe('true');
    for (const name of ['etag', 'location', 'x-request-id', 'ratelimit', 'retry-after']) {
      expect(headers['access-control-expose-headers']).toContain(name);
    }
  });

  it.each(others)('gives the origin %s nothing', async (origin) => {
    for (const request of [
      { method: 'GET' as const, headers: { origin } },
      { method: 'OPTIONS' as const, headers: { origin, 'access-control-request-method': 'POST' } },
    ]) {
      const { headers } = await server.call({ url: '/prompts', ...request });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect(headers.vary).toContain('Origin');
    }
  });

  it('answers the preflight of an allowed origin with what it may send', async () => {
    const response = await server.call({
      method: 'OPTIONS',
      url: '/prompts/123',
      headers: {
        origin: allowed,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'if-match',
      },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['access-control-allow-methods']).toContain('PUT');
    expect(response.headers['access-control-allow-headers']).toContain('if-match');
  });

  it('varies by origin on the tRPC wire too', async () => {
    const { headers } = await server.call({ url: '/trpc/prompts.list', headers: { origin: allowed } });
    expect(headers['access-control-allow-origin']).toBe(allowed);
    expect(headers.vary).toContain('Origin');
  });
});
