import { Readable } from 'node:stream';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
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

describe('the head of a body', () => {
  const ADDRESS = '192.0.2.9';

  /** What is asked of the room for bodies, and what a limit counts, for a body that announces itself so. */
  async function askedFor(request: {
    method?: 'GET' | 'POST';
    url?: string;
    headers: Record<string, string>;
    payload?: string | Readable;
    refusal?: 'address' | 'all' | 'body';
    isBeyondLimit?: boolean;
  }) {
    const { method = 'POST', url = '/free', headers, payload, refusal = null, isBeyondLimit = false } = request;
    const app = fastify({ bodyLimit: 1_000_000 });
    onTestFinished(() => app.close());
    app.addContentTypeParser('text/csv', (_req, body, done) => void body.resume().once('end', () => done(null)));
    const admitted: object[] = [];
    const counted: string[][] = [];
    const parts = {
      connections: {
        admitBody: (_: unknown, { onRefused: __, ...body }: object & { onRefused: unknown }) => {
          admitted.push(body);
          return refusal;
        },
      },
      limiterOf: () => ({
        consume: async (name: string, key: string) => {
          counted.push([name, key]);
          return { allowed: !isBeyondLimit, retryAfterSeconds: 7 };
        },
      }),
      services: {
        clock: { now: () => new Date(0) },
        accessTokens: { verify: async (token: string) => (token === 'good' ? { userId: 'u', sessionId: 's' } : null) },
      },
      trusted: new Set(),
    };
    app.decorateRequest('cookies', { getter: () => ({}) });
    boundBodies(app, parts as unknown as Parts);
    const answer = async () => ({ isDone: true });
    app.route({ method: ['GET', 'POST'], url: '/free', handler: answer });
    app.post('/guarded', { config: { procedure: 'prompts.create' } as object, bodyLimit: 30_000 }, answer);
    app.post('/open', { config: { procedure: 'auth.login' } as object }, answer);
    app.post('/trpc/*', answer);
    const res = await app.inject({ method, url, headers, remoteAddress: ADDRESS, ...(payload && { payload }) });
    return { code: res.statusCode === 200 ? 'ok' : res.json().code, admitted, counted };
  }

  const json = (length: number) => ({ 'content-type': 'application/json', 'content-length': String(length) });
  const text = (length: number) => JSON.stringify('x'.repeat(length - 2));
  const known = { authorization: 'Bearer good' };
  const SMALL = 16_384;
  const anyone = ['anonymous', ADDRESS];

  it('is asked of nobody while it is small, nor where there is none', async () => {
    const payload = text(SMALL);
    expect(await askedFor({ headers: json(SMALL), payload })).toEqual({ code: 'ok', admitted: [], counted: [] });
    const none = await askedFor({ method: 'GET', headers: json(SMALL + 1) });
    expect(none).toEqual({ code: 'ok', admitted: [], counted: [] });
  });

  it.each([
    ['large, of somebody without a credential, for a call that anyone may make', '/open', 'request.too_large'],
    ['large, of somebody without a credential, for a call that nobody may make so', '/guarded', 'auth.required'],
    ['on the tRPC wire, for a call that nobody may make so', '/trpc/prompts.create', 'auth.required'],
    [
      'on the tRPC wire, for calls of which anyone may make one',
      '/trpc/prompts.create,auth.login',
      'request.too_large',
    ],
  ])('is refused where it is %s, and is counted', async (_, url, code) => {
    const payload = text(SMALL + 1);
    const refused = await askedFor({ url, headers: json(SMALL + 1), payload });
    expect(refused).toEqual({ code, admitted: [], counted: [anyone] });
    const beyond = await askedFor({ url, headers: json(SMALL + 1), payload, isBeyondLimit: true });
    expect(beyond).toEqual({ code: 'limit.exceeded', admitted: [], counted: [anyone] });
  });

  it('says of a credential that cannot be one that it is none', async () => {
    const headers = { ...json(SMALL + 1), authorization: 'Bearer forged' };
    const refused = await askedFor({ url: '/guarded', headers, payload: text(SMALL + 1) });
    const counted = [['anonymous', `rejected|${ADDRESS}`]];
    expect(refused).toEqual({ code: 'auth.invalid_token', admitted: [], counted });
  });

  it('is admitted for its address, by what of it is in memory at once, where there is a credential', async () => {
    const payload = text(SMALL + 1);
    const all = { address: ADDRESS, mostBytes: Number.POSITIVE_INFINITY };
    const held = async (url: string, type: string) => {
      const headers = { ...json(SMALL + 1), 'content-type': type, ...known };
      return askedFor({ url, headers, payload });
    };
    const admitted = (mostHeld: number) => ({ code: 'ok', admitted: [{ ...all, mostHeld }], counted: [] });
    expect(await held('/free', 'application/json')).toEqual(admitted(1_000_000));
    expect(await held('/guarded', 'Application/JSON; charset=utf-8')).toEqual(admitted(30_000));
    expect(await held('/free', 'text/csv')).toEqual(admitted(131_072));
  });

  it('is admitted while it stays small where nobody shows a credential and it does not say how long it is', async () => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const ask = (url: string) => askedFor({ url, headers, payload: Readable.from(['{}']) });
    const admitted = [{ address: ADDRESS, mostHeld: 1_000_000, mostBytes: SMALL }];
    expect(await ask('/open')).toEqual({ code: 'ok', admitted, counted: [] });
    expect(await ask('/guarded')).toEqual({ code: 'auth.required', admitted: [], counted: [anyone] });
  });

  it.each([
    ['address', 'limit.exceeded'],
    ['all', 'server.busy'],
    ['body', 'request.too_large'],
  ] as const)('is refused where there is no room for its %s', async (refusal, code) => {
    const headers = { ...json(SMALL + 1), ...known };
    expect(await askedFor({ headers, payload: text(SMALL + 1), refusal })).toMatchObject({ code, counted: [] });
  });
});
