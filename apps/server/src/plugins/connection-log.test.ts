import type { Socket } from 'node:net';
import type { Principal } from '@promptory/api/server';
import fastify from 'fastify';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { connectionLog } from './connection-log.ts';
import type { LoggedRequest } from './request-log.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const ID = '01900000-0000-7000-8000-000000000001';
const unread = { unreadBytes: 70_000, waitedMs: 30_000 };

/** A log that says who wrote each line, and what was counted. */
function given() {
  const said: object[] = [];
  const counted: string[] = [];
  const writes = (by: string) =>
    ({ warn: (facts: object, line: string) => void said.push({ by, ...facts, line }) }) as unknown as Logger;
  const log = connectionLog({
    logger: writes('server'),
    metrics: { connectionCut: (reason: string) => void counted.push(reason) } as unknown as Metrics,
    knownSegments: new Set(['prompts']),
  });
  const asked = (url: string, caller: Principal | null = null) =>
    ({ method: 'GET', url, log: writes('request'), state: { caller } }) as unknown as LoggedRequest;
  return { log, said, counted, asked };
}

it('says whose answer nobody took, and what was asked as far as it may be shown', () => {
  const { log, said, counted, asked } = given();
  const [known, unknown] = [{} as Socket, {} as Socket];
  const caller = { kind: 'apiKey', userId: 'u', keyId: 'k' } as unknown as Principal;
  log.answers(known, asked('/prompts/a-secret'));
  log.answers(known, asked(`/prompts/${ID}?q=words`, caller));
  log.onCut(known, { reason: 'slow', ...unread } as Parameters<typeof log.onCut>[1]);
  log.onCut(unknown, { reason: 'sending', unreadBytes: 0, waitedMs: 5 });
  expect(said).toEqual([
    {
      ...{ by: 'request', method: 'GET', path: `/prompts/${ID}`, reason: 'slow', ...unread },
      ...{ userId: 'u', keyId: 'k', line: 'connection cut' },
    },
    { by: 'server', reason: 'sending', unreadBytes: 0, waitedMs: 5, line: 'connection cut' },
  ]);
  expect(counted).toEqual(['slow', 'sending']);
});

it('notes the requests of an app as they come, before they are answered', async () => {
  const { log, said } = given();
  const app = fastify();
  app.decorateRequest('state', null as never);
  log.remember(app);
  app.get('/prompts', async (req) => {
    Object.assign(req, { state: { caller: null } });
    log.onCut(req.raw.socket, { reason: 'pipelined', unreadBytes: 1, waitedMs: 0 });
    return 'answered';
  });
  expect((await app.inject('/prompts')).body).toBe('answered');
  // The request's own log, which writes nowhere here.
  expect(said).toEqual([]);
  await app.close();
});

it('says once a minute that connections make way or are refused, and counts each', () => {
  const { log, said, counted } = given();
  const place = () => log.onCut({} as Socket, { reason: 'place', unreadBytes: 0, waitedMs: 0 });
  const rounds: number[] = [];
  for (const ms of [0, 59_999, 1, 59_999, 1]) {
    vi.advanceTimersByTime(ms);
    const before = said.length;
    place();
    place();
    log.onRefused();
    log.onRefused();
    rounds.push(said.length - before);
  }
  expect(rounds).toEqual([2, 0, 2, 0, 2]);
  expect(said.slice(0, 2)).toEqual([
    { by: 'server', reason: 'place', unreadBytes: 0, waitedMs: 0, line: 'connection cut' },
    {
      by: 'server',
      line: 'connections are refused: as many are open as may be, in all or from one address',
    },
  ]);
  expect(counted).toEqual(Array.from({ length: 5 }, () => ['place', 'place', 'refused', 'refused']).flat());
});
