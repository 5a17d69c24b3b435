import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { addRequestState } from '../../src/http/request-state.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { answerErrors } from '../../src/plugins/answer-errors.ts';
import { peoplePages } from '../../src/routes/people/people-pages.ts';
import { bootApp } from '../harness/boot.ts';

// A failure that nobody has foreseen is found in the log by the id of its request, with what was thrown.

const REASON = 'no password of this test can be looked at';
const fails = (): Promise<never> => Promise.reject(new TypeError(REASON));
const refusing = (): never => {
  throw new TypeError(REASON);
};
const server = await bootApp({ log: true, passwords: { hash: fails, verify: fails, verifyNothing: fails } });
afterAll(() => server.close());
beforeEach(() => {
  server.logged.length = 0;
});

const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
const signIn = { email: 'ann@promptory.example', password: 'seven kettles sing at dawn' };

it.each([
  ['a call over REST', { method: 'POST', url: '/auth/login', payload: signIn }],
  ['a call over tRPC', { method: 'POST', url: '/trpc/auth.login', payload: signIn }],
  [
    'a call of a page',
    { method: 'POST', url: '/sign-in', headers: asForm, payload: new URLSearchParams(signIn).toString() },
  ],
] as const)('%s that fails', async (_what, request) => {
  const { statusCode, headers, body } = await server.call(request);
  expect(statusCode).toBe(500);
  expect(body).not.toContain(REASON);
  const lines = server.logged.map((line): unknown => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      ...{ level: 'error', msg: 'call failed', procedure: 'auth.login', requestId: headers['x-request-id'] },
      err: expect.objectContaining({ type: 'TypeError', message: REASON, stack: expect.any(String) }),
    }),
  );
});

// Routes of their own, on an app with nothing around them.
it.each([
  [
    'a page that cannot be made',
    'page failed',
    '/mail-preferences?token=x',
    (app: FastifyInstance): Promise<void> =>
      peoplePages(app, { trusted: {} as never, services: server.services, call: fails as never, limiterOf: refusing }),
  ],
  [
    'any other request',
    'request failed',
    '/other',
    async (app: FastifyInstance): Promise<void> => void app.get('/other', fails),
  ],
] as const)('%s', async (_what, msg, url, routes) => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const loggerInstance: FastifyBaseLogger = createLogger({ level: 'error', environment: 'test', destination });
  const app = fastify({ loggerInstance });
  onTestFinished(() => app.close());
  addRequestState(app);
  answerErrors(app, { publicUrl: '' });
  await routes(app);
  const { statusCode, body } = await app.inject(url);
  expect([statusCode, body.includes(REASON)]).toEqual([500, false]);
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({ msg, err: expect.objectContaining({ type: 'TypeError', message: REASON }) }),
  ]);
});
