import { givenPerson, plainPasswords } from '@promptory/api/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type BootedApp, type BootOptions, bootApp } from '../harness/boot.ts';

let server: BootedApp;
const boot = async (options: BootOptions): Promise<BootedApp> => {
  server = await bootApp(options);
  return server;
};
afterEach(() => server.close());

const statuses = async (times: number, send: () => Promise<{ statusCode: number }>): Promise<number[]> => {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) all.push((await send()).statusCode);
  return all;
};

describe('limits', () => {
  it('answer 429 with Retry-After over REST and tRPC alike, and say what is left', async () => {
    const { call } = await boot({ limits: { anonymous: { calls: 3, seconds: 60 } } });
    const first = await call({ url: '/prompts' });
    expect(first.headers['ratelimit-policy']).toBe('"anonymous";q=3;w=60');
    expect(first.headers.ratelimit).toBe('"anonymous";r=2;t=60');
    expect(await statuses(2, () => call({ url: '/trpc/prompts.list' }))).toEqual([401, 401]);
    for (const url of ['/prompts', '/trpc/prompts.list']) {
      const refused = await call({ url });
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.headers.ratelimit).toContain('r=0');
      expect(refused.body).toContain('limit.exceeded');
    }
  });

  it('say the same time to wait in RateLimit as in Retry-After, whatever the limit, transport and request', async () => {
    const { call, as, services } = await boot({
      limits: {
        anonymous: { calls: 1, seconds: 60 },
        search: { calls: 1, seconds: 60 },
        login: { calls: 1, seconds: 900 },
      },
    });
    const headers = await as.person(await givenPerson(services));
    const key = await as.key(await givenPerson(services), { scopes: ['prompts:read'], calls_per_minute: 1 });
    const payload = { email: 'nobody@example.com', password: 'not the right one' };
    const calls = [
      () => call({ url: '/prompts' }),
      () => call({ url: '/prompts?q=word', headers }),
      () => call({ url: `/trpc/prompts.list?input=${encodeURIComponent('{"q":"word"}')}`, headers }),
      () => call({ url: '/prompts', headers: key }),
      () => call({ method: 'POST', url: '/auth/login', payload, remoteAddress: '192.0.2.9' }),
    ];
    const waits = new Set<number>();
    for (const send of calls) {
      await send();
      // Each request spreads its wait by its own id.
      for (let again = 0; again < 8; again += 1) {
        const refused = await send();
        const wait = Number(refused.headers['retry-after']);
        expect(refused.statusCode).toBe(429);
        expect(refused.headers.ratelimit).toMatch(new RegExp(`;r=0;t=${wait}$`));
        waits.add(wait);
      }
    }
    expect(waits.size).toBeGreaterThan(1);
  });

  it('count each call of a batch', async () => {
    const { call } = await boot({ limits: { anonymous: { calls: 5, seconds: 60 } } });
    await call({ url: '/trpc/prompts.list,prompts.list,prompts.list,prompts.list?batch=1' });
    expect(await statuses(2, () => call({ url: '/prompts' }))).toEqual([401, 429]);
  });

  it('count a call by its cost, alike over each transport, and a batch by the sum of its calls', async () => {
    const { call, as, services } = await boot({ limits: { user: { calls: 600, seconds: 60 } } });
    const headers = await as.person(await givenPerson(services));
    const left = async (url: string) => {
      const { headers: answered } = await call({ url, headers });
      return Number(/;r=(\d+);/.exec(String(answered.ratelimit))?.[1]);
    };
    const id = '01900000-0000-7000-8000-000000000000';
    const input = (value: object) => `input=${encodeURIComponent(JSON.stringify(value))}`;
    const diff = { id, from: 1, to: 2 };
    expect(await left('/users/me')).toBe(599);
    expect(await left(`/prompts/${id}/diff?from=1&to=2`)).toBe(595);
    expect(await left(`/trpc/versions.diff?${input(diff)}`)).toBe(591);
    const batch = `/trpc/versions.diff,me.get,prompts.list,versions.diff?batch=1&${input({ 0: diff, 1: {}, 2: {}, 3: diff })}`;
    expect(await left(batch)).toBe(591 - 11);
    const key = await as.key(await givenPerson(services), { scopes: ['prompts:read'], calls_per_minute: 5 });
    const byKey = () => call({ url: '/prompts/export', headers: key });
    expect(await statuses(2, byKey)).toEqual([200, 429]);
    expect((await byKey()).headers['retry-after']).toMatch(/^[1-9]/);
  });

  it('count what nothing answers, on both transports', async () => {
    const { call } = await boot({ limits: { anonymous: { calls: 2, seconds: 60 } } });
    expect(await statuses(3, () => call({ url: '/nowhere' }))).toEqual([404, 404, 429]);
    await server.close();
    const second = await boot({ limits: { anonymous: { calls: 2, seconds: 60 } } });
    expect(await statuses(2, () => second.call({ url: '/trpc/no.such' }))).toEqual([404, 404]);
    expect(await statuses(1, () => second.call({ url: '/trpc/prompts.list' }))).toEqual([429]);
  });

  it('count users and keys by themselves, and a key by its own number where it has one, as the answer says', async () => {
    const booted = await boot({
      limits: { user: { calls: 2, seconds: 60 }, key: { calls: 3, seconds: 60 }, anonymous: { calls: 1, seconds: 60 } },
    });
    const { call, as, services } = booted;
    const alice = await givenPerson(services, { handle: 'alice' });
    const bob = await givenPerson(services, { handle: 'bob' });
    const person = await as.person(alice);
    const key = await as.key(alice, { scopes: ['account:read'] });
    const me = (headers: Record<string, string>) => () => call({ url: '/users/me', headers });
    expect(await statuses(3, me(person))).toEqual([200, 200, 429]);
    expect(await statuses(3, me(await as.person(alice)))).toEqual([429, 429, 429]);
    expect(await statuses(1, me(await as.person(bob)))).toEqual([200]);
    expect(await statuses(4, me(key))).toEqual([200, 200, 200, 429]);
    const own = await as.key(alice, { scopes: ['account:read'], calls_per_minute: 5 });
    expect(await statuses(4, me(own))).toEqual([200, 200, 200, 200]);
    const last = await me(own)();
    expect([last.statusCode, last.headers['ratelimit-policy']]).toEqual([200, '"key";q=5;w=60']);
    expect(await statuses(1, me(own))).toEqual([429]);
  });

  it('hash at most ten passwords for an account when twenty wrong ones come at once', async () => {
    let verified = 0;
    const { call } = await boot({
      limits: { login: { calls: 10, seconds: 900 } },
      passwords: {
        ...plainPasswords,
        verifyNothing: async () => {
          verified += 1;
          return false;
        },
      },
    });
    const login = (email: string) =>
      call({ method: 'POST', url: '/auth/login', payload: { email, password: 'not the right one' } });
    const all = await Promise.all(Array.from({ length: 20 }, () => login('alice@example.com')));
    expect(all.filter(({ statusCode }) => statusCode === 429)).toHaveLength(10);
    expect(verified).toBe(10);
    expect((await login('bob@example.com')).statusCode).toBe(401);
  });

  it('take the address behind a trusted proxy, and from nobody else', async () => {
    const limits = { anonymous: { calls: 1, seconds: 60 } };
    const from = (address: string) => server.call({ url: '/prompts', headers: { 'x-forwarded-for': address } });
    await boot({ limits });
    expect((await from('192.0.2.1')).statusCode).toBe(401);
    expect((await from('192.0.2.2')).statusCode).toBe(429);
    await server.close();
    await boot({ limits, app: { trustProxy: ['127.0.0.0/8'] } });
    expect((await from('192.0.2.1')).statusCode).toBe(401);
    expect((await from('192.0.2.2')).statusCode).toBe(401);
    expect((await from('203.0.113.9, 192.0.2.2')).statusCode).toBe(429);
  });

  it('take one address for one caller, though the proxy forwards a port with it, or no address at all', async () => {
    await boot({ limits: { anonymous: { calls: 1, seconds: 60 } }, app: { trustProxy: ['127.0.0.0/8'] } });
    const from = async (address: string, url = '/prompts') =>
      (await server.call({ url, headers: { 'x-forwarded-for': address } })).statusCode;
    expect(await from('192.0.2.1:5001')).toBe(401);
    for (const port of [5002, 5003]) expect(await from(`192.0.2.1:${port}`)).toBe(429);
    expect(await from('192.0.2.1:5004', '/nowhere')).toBe(429);
    expect(await from('192.0.2.1:5005', '/trpc/no.such')).toBe(404);
    expect(await from('192.0.2.1')).toBe(429);
    expect(await from('[2001:db8:1:2::1]:5001')).toBe(401);
    expect(await from('[2001:db8:1:2::2]:5002')).toBe(429);
    expect(await from('unknown')).toBe(401);
    expect(await from('_another')).toBe(429);
  });
});
