import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { spreadWait } from '@promptory/api/server';
import { givenPerson, plainPasswords } from '@promptory/api/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createReadiness } from '../../src/observability/readiness.ts';
import { type BootedApp, type BootOptions, bootApp } from '../harness/boot.ts';

let server: BootedApp;
const boot = async (options: BootOptions = {}): Promise<BootedApp> => {
  server = await bootApp(options);
  return server;
};
afterEach(() => server.close());

const givenReadiness = (ping: () => Promise<unknown>) =>
  createReadiness({ ping, hasDiskRoom: async () => true, log: { error: () => undefined, info: () => undefined } });

describe('health', () => {
  it('is live without a database, and ready only with one', async () => {
    let away = false;
    const readiness = givenReadiness(async () => {
      if (away) throw new Error('away');
    });
    const { call } = await boot({ app: { isReady: () => readiness.isReady() } });
    expect((await call({ url: '/health/ready' })).json()).toEqual({ status: 'ready' });
    away = true;
    await new Promise((resolve) => setTimeout(resolve, 550));
    const refused = await call({ url: '/health/ready' });
    const asked = spreadWait(1, String(refused.headers['x-request-id']));
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, String(asked)]);
    expect((await call({ url: '/health/live' })).json()).toEqual({ status: 'live' });
  });

  it('is not ready from the moment the server is told to stop', async () => {
    const readiness = givenReadiness(async () => undefined);
    const { call } = await boot({ app: { isReady: () => readiness.isReady() } });
    readiness.stop();
    expect((await call({ url: '/health/ready' })).statusCode).toBe(503);
    expect((await call({ url: '/health/live' })).statusCode).toBe(200);
  });

  it('is not ready when the database says nothing', async () => {
    const readiness = givenReadiness(() => new Promise(() => undefined));
    const { call } = await boot({ app: { isReady: () => readiness.isReady() } });
    expect((await call({ url: '/health/ready' })).statusCode).toBe(503);
  });
});

describe('metrics', () => {
  it('count requests by route template, and calls and sign-ins by outcome', async () => {
    const { call, services } = await boot();
    const alice = await givenPerson(services, { handle: 'alice' });
    const headers = await server.as.person(alice);
    await call({ url: '/prompts/01890000-0000-7000-8000-000000000000', headers });
    const inputs = encodeURIComponent(JSON.stringify({ 0: {}, 1: {} }));
    await call({ url: `/trpc/prompts.list,prompts.get?batch=1&input=${inputs}`, headers });
    await call({ url: '/secret-name-of-nothing' });
    await call({ method: 'POST', url: '/auth/login', payload: { email: 'a@example.com', password: 'wrong one here' } });
    const { body } = await call({ url: '/metrics' });
    expect(body).toContain(
      'promptory_http_request_duration_seconds_count{method="GET",route="/prompts/:id",status="4xx"} 1',
    );
    expect(body).toContain('promptory_procedure_calls_total{procedure="prompts.get",code="prompt.not_found"} 1');
    expect(body).toContain('promptory_procedure_calls_total{procedure="prompts.get",code="request.invalid"} 1');
    expect(body).toContain('promptory_procedure_calls_total{procedure="prompts.list",code="ok"} 1');
    expect(body).toContain('promptory_procedure_duration_seconds_count{procedure="prompts.get"} 2');
    expect(body).toContain('promptory_procedure_duration_seconds_count{procedure="prompts.list"} 1');
    expect(body).toContain('promptory_auth_attempts_total{kind="login",outcome="auth.invalid_credentials"} 1');
    expect(body).toContain('promptory_db_pool_connections{state="idle"}');
    expect(body).not.toContain('secret-name-of-nothing');
  });

  it('are for the bearer of the token alone, where there is one', async () => {
    const { call } = await boot({ app: { metricsToken: 'a-token-of-sixteen', openMetrics: false } });
    expect((await call({ method: 'POST', url: '/metrics' })).statusCode).toBe(404);
    const get = (authorization?: string) =>
      call({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } });
    expect((await get('Bearer a-token-of-sixteen')).statusCode).toBe(200);
    const nothing = await call({ url: '/nowhere' });
    for (const given of [undefined, 'Bearer a-token-of-sixteem', 'Bearer ', 'a-token-of-sixteen']) {
      const refused = await get(given);
      expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([404, 'route.not_found']);
      expect({ ...refused.json<object>(), requestId: '' }).toEqual({ ...nothing.json<object>(), requestId: '' });
    }
  });

  it('are nowhere in production without a token', async () => {
    const { call } = await boot({ app: { openMetrics: false } });
    expect((await call({ url: '/metrics' })).statusCode).toBe(404);
  });
});

describe('the log', () => {
  it('holds no credential, no query and no body, and finds a request by its id', async () => {
    const { call, services, logged } = await boot({ log: true });
    const alice = await givenPerson(services, { handle: 'alice' });
    const { accessToken, refreshToken } = await server.session(alice);
    const key = (await server.as.key(alice, { scopes: ['prompts:read'] }))['x-api-key'];
    const canary = 'canary-7f3a';
    const cookie = (await server.as.cookie(alice)).cookie;
    const headers = { authorization: `Bearer ${accessToken}` };
    await call({ url: `/prompts?q=${canary}`, headers });
    await call({ url: `/trpc/prompts.list?input=${encodeURIComponent(JSON.stringify({ q: canary }))}`, headers });
    await call({ url: '/users/me', headers: { 'x-api-key': key } });
    await call({ url: '/users/me', headers: { cookie } });
    await call({ url: `/prompts?api_key=${key}` });
    await call({ url: `/nowhere/${key}/${accessToken}/${refreshToken}` });
    await call({ method: 'POST', url: '/prompts', headers, payload: { title: canary, content: canary } });
    await call({ method: 'POST', url: '/auth/login', payload: { email: 'alice@example.com', password: canary } });
    await call({ method: 'POST', url: '/auth/refresh', payload: { refreshToken } });
    const failing = await call({ url: '/%', headers: { authorization: `Bearer ${key}` } });
    const text = logged.join('');
    expect(logged.length).toBeGreaterThanOrEqual(9);
    for (const secret of [canary, key, accessToken, refreshToken, cookie.split('=')[1] ?? '']) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain(String(failing.headers['x-request-id']));
  });

  it('says what failed inside, which the answer does not', async () => {
    const { call, database, logged, services } = await boot({ log: true });
    const headers = await server.as.person(await givenPerson(services, { handle: 'alice' }));
    await database.pool.query('ALTER TABLE prompts RENAME COLUMN updated_at TO changed_at');
    for (const url of ['/prompts', '/trpc/prompts.list?input=%7B%7D']) {
      const response = await call({ url, headers });
      expect(response.statusCode).toBe(500);
      expect(response.body).toContain('server.internal');
      expect(response.body).not.toMatch(/column|42703|select/i);
      const line = logged.find(
        (entry) => entry.includes(String(response.headers['x-request-id'])) && entry.includes('"err"'),
      );
      expect(line).toContain('42703');
    }
  });
});

describe('closing', () => {
  it('finishes what it serves, and then takes no more', async () => {
    let reached: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const release = Promise.withResolvers<void>();
    const { app, url } = await boot({
      passwords: {
        ...plainPasswords,
        verifyNothing: async () => {
          reached();
          await release.promise;
          return false;
        },
      },
    });
    const base = await url();
    const answer = fetch(`${base}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'nobody@example.com', password: 'not the right one' }),
    });
    await inside;
    const closed = app.close();
    release.resolve();
    expect((await answer).status).toBe(401);
    await closed;
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
  });

  it('serves the next request of a connection that is open, and ends it with the answer', async () => {
    const { app, url } = await boot();
    const { hostname, port } = new URL(await url());
    const socket = connect({ host: hostname, port: Number(port) });
    const ended = text(socket);
    const request = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n';
    // The second request is under way when the server begins to close: its connection is not an idle one.
    socket.write(`${request}\r\n${request}`);
    await once(socket, 'readable');
    const closed = app.close();
    await new Promise((resolve) => setImmediate(resolve));
    socket.write('\r\n');
    const statuses = (await ended).match(/HTTP\/1\.1 \d+/g);
    expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    await closed;
  });
});
