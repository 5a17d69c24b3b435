import { givenPerson } from '@promptory/api/testing';
import { describe, expect, it } from 'vitest';
import { SESSION_COOKIE } from '../../src/http/session-cookie.ts';
import { givenApp } from '../harness/boot.ts';

const LISTED = 'http://127.0.0.1:5173';
const localhost = ['http://localhost:3000', 'http://127.0.0.1:3000'];
const server = await givenApp({
  log: true,
  settings: { publicUrl: 'http://localhost:3000' },
  app: { corsOrigins: [LISTED, 'http://localhost:5173'], ownOrigins: localhost },
});
const development = await givenApp({ beside: server, log: true, app: { localPages: true, ownOrigins: localhost } });

const account = { email: 'alice@example.org', password: 'correct horse battery' };
const host = 'localhost:3000';
const otherSite = { host, origin: LISTED, 'sec-fetch-site': 'cross-site' };
const sameSite = { host, origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' };

const countSessions = async (): Promise<number> =>
  (await server.services.db.selectFrom('sessions').select('id').execute()).length;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly cookie: boolean;
}

/** A call to `/auth/<name>` over REST or tRPC, as a page sends it. */
async function post(name: string, payload: object, headers: object, path = 'auth/'): Promise<Answer> {
  const answer = await server.call({
    method: 'POST',
    url: `/${path}${name}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
  const body = answer.json();
  return {
    status: answer.statusCode,
    code: body.code ?? body.error?.data?.code,
    text: body.detail ?? body.error?.message ?? '',
    cookie: answer.headers['set-cookie'] !== undefined,
  };
}

describe('a cookie session', () => {
  it.each([
    ['REST', 'auth/'],
    ['tRPC', 'trpc/auth.'],
  ])(
    'is refused to a page of another site over %s, with the reason, before anything is written',
    async (_name, path) => {
      for (const [name, input] of [
        ['register', { ...account, name: 'Alice', session: 'cookie' }],
        ['login', { ...account, session: 'cookie' }],
      ] as const) {
        const { status, code, text, cookie } = await post(name, input, otherSite, path);
        expect([status, code, cookie], name).toEqual([403, 'request.cookie_not_kept', false]);
        expect(text).toMatch(/another site.*`session: "token"`/);
      }
      expect(await countSessions()).toBe(0);
      const known = await server.services.db.selectFrom('users').select('id').execute();
      expect(known).toEqual([]);
    },
  );

  it('is refused by the addresses alone where a browser does not say of which site it is', async () => {
    const old = { host, origin: LISTED };
    expect(await post('login', { ...account, session: 'cookie' }, old)).toMatchObject({
      code: 'request.cookie_not_kept',
    });
  });

  it('is given on the same site, by either name of this machine, and to programs', async () => {
    const made = await post('register', { ...account, name: 'Alice', session: 'cookie' }, sameSite);
    expect([made.status, made.cookie]).toEqual([201, true]);
    const beside = { host: '127.0.0.1:3000', origin: LISTED };
    for (const headers of [sameSite, beside, { host }]) {
      const { status, cookie } = await post('login', { ...account, session: 'cookie' }, headers);
      expect([status, cookie]).toEqual([200, true]);
    }
  });

  it('is not needed: a page of another site signs in with tokens', async () => {
    const { status, cookie } = await post('login', account, otherSite);
    expect([status, cookie]).toEqual([200, false]);
  });

  it('is not spent by a refresh whose next cookie would be dropped', async () => {
    const alice = await givenPerson(server.services, { handle: 'alice2' });
    const { refreshToken } = await server.session(alice, 'cookie');
    const cookie = `${SESSION_COOKIE}=${refreshToken}`;
    expect(await post('refresh', {}, { ...otherSite, cookie })).toMatchObject({ code: 'request.cookie_not_kept' });
    expect(await post('refresh', {}, { ...sameSite, cookie })).toMatchObject({ status: 200, cookie: true });
  });

  it('is refused where plain http leads to another machine', async () => {
    const lan = await givenApp({ beside: server, settings: { publicUrl: 'http://192.168.1.5:3000' } });
    const answer = await lan.call({
      method: 'POST',
      url: '/auth/login',
      headers: { origin: 'http://192.168.1.5:3000' },
      payload: { ...account, session: 'cookie' },
    });
    expect(answer.json()).toMatchObject({ code: 'request.cookie_not_kept', detail: expect.stringContaining('https') });
  });
});

describe('pages of this machine', () => {
  const preflight = (app: typeof server, origin: string) =>
    app.call({
      method: 'OPTIONS',
      url: '/prompts',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  it('may call from any port in development, and act by a cookie', async () => {
    for (const origin of ['http://localhost:4321', 'http://127.0.0.1:8080', 'http://[::1]:5173']) {
      const { headers } = await preflight(development, origin);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBe('true');
    }
    const alice = await givenPerson(server.services, { handle: 'alice3' });
    const headers = await server.as.cookie(alice, 'http://localhost:4321');
    const payload = { title: 'From a page', content: 'Hello.' };
    const call = { method: 'POST', url: '/prompts', headers, payload } as const;
    expect((await development.call(call)).statusCode).toBe(201);
    expect((await server.call(call)).json()).toMatchObject({ code: 'request.cross_site' });
  });

  it('and no others: not elsewhere, and none that only look like one', async () => {
    expect((await preflight(server, 'http://localhost:4321')).headers['access-control-allow-origin']).toBeUndefined();
    for (const origin of ['http://localhost.evil.example:4321', 'http://evil.example', 'null']) {
      const { headers } = await preflight(development, origin);
      expect(headers['access-control-allow-origin'], origin).toBeUndefined();
    }
  });

  it('leave a line in the log that names the setting where they are refused, once for each', async () => {
    const refusals = () =>
      server.logged.filter((line) => line.includes('CORS_ORIGINS')).map((line) => JSON.parse(line));
    const before = refusals().length;
    for (let time = 0; time < 3; time += 1) await preflight(server, 'http://localhost:9999');
    expect(refusals().slice(before)).toEqual([
      expect.objectContaining({ level: 'warn', origin: 'http://localhost:9999' }),
    ]);
    expect(refusals().some(({ origin }) => origin === LISTED || localhost.includes(origin))).toBe(false);
  });
});
