import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { ID, MISSING } from '../../test/fixtures/notes.ts';
import { type NotesApp, notesApp } from '../../test/fixtures/notes-app.ts';
import { eventually, openResponse } from '../../test/fixtures/sockets.ts';
import type { RestOptions } from '../rest/rest-options.ts';
import { type Call, callWithHooks, type Outcome } from './call-hooks.ts';

interface Watched extends NotesApp {
  before: Call[];
  after: Array<{ call: Call; outcome: Outcome }>;
}

async function watched(rest: Partial<RestOptions> = {}): Promise<Watched> {
  const before: Call[] = [];
  const after: Watched['after'] = [];
  const made = await notesApp({
    rest: {
      beforeCall: (call) => void before.push(call),
      afterCall: (call, outcome) => after.push({ call, outcome }),
      ...rest,
    },
  });
  return { ...made, before, after };
}

describe('the hooks of a call', () => {
  it('see its procedure, its context and its request, before and after', async () => {
    const { app, before, after } = await watched();
    expect((await app.inject(`/notes/${ID}`)).statusCode).toBe(200);
    const call = { path: 'notes.get', type: 'query', batchIndex: 0, batchSize: 1, ctx: { user: 'alice' } };
    expect(before).toMatchObject([call]);
    expect(before[0]?.req.url).toBe(`/notes/${ID}`);
    expect(after).toMatchObject([{ call, outcome: { ok: true } }]);
    expect(after[0]?.outcome.durationMs).toBeGreaterThanOrEqual(0);
    expect(after[0]?.call).toBe(before[0]);
  });

  it('learn how a call failed', async () => {
    const { app, after } = await watched();
    expect((await app.inject(`/notes/${MISSING}`)).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/crash' })).statusCode).toBe(500);
    expect(after.map(({ outcome }) => [outcome.ok, outcome.error?.code])).toEqual([
      [false, 'NOT_FOUND'],
      [false, 'INTERNAL_SERVER_ERROR'],
    ]);
  });

  it('can refuse a call before its input is read, and learn of it', async () => {
    const { app, after } = await watched({
      async beforeCall({ path }) {
        if (path === 'notes.update') throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'Slowly' });
      },
    });
    const refused = await app.inject({ method: 'PUT', url: `/notes/${ID}`, payload: { id: MISSING } });
    expect([refused.statusCode, refused.json().code]).toEqual([429, 'too_many_requests']);
    expect(after.map(({ call, outcome }) => [call.path, outcome.error?.code])).toEqual([
      ['notes.update', 'TOO_MANY_REQUESTS'],
    ]);
    expect((await app.inject(`/notes/${ID}`)).statusCode).toBe(200);
  });

  it('are not called for a request that becomes no call', async () => {
    const { app, before, after } = await watched();
    await app.inject({ url: `/notes/${ID}`, headers: { accept: 'text/html' } });
    await app.inject({ method: 'POST', url: '/notes', headers: { 'content-type': 'text/plain' }, payload: 'x' });
    await app.inject({ method: 'OPTIONS', url: '/notes' });
    expect([...before, ...after]).toEqual([]);
  });

  it('change no answer by failing afterwards', async () => {
    const { app } = await watched({
      afterCall: () => {
        throw new Error('the metrics are away');
      },
    });
    expect((await app.inject(`/notes/${ID}`)).statusCode).toBe(200);
    expect((await app.inject(`/notes/${MISSING}`)).statusCode).toBe(404);
  });
});

describe('the outcome of a stream', () => {
  it('is reported when it has ended, once', async () => {
    const { app, after } = await watched();
    const res = await app.inject('/notes/export?count=3');
    expect(res.body.trimEnd().split('\n')).toHaveLength(3);
    expect(after.map(({ outcome }) => outcome.ok)).toEqual([true]);
  });

  it('is reported where its reader takes all of it and ends nothing', async () => {
    const outcomes: Outcome[] = [];
    async function* counted() {
      yield 1;
      yield 2;
    }
    const hooks = { afterCall: (_: Call, outcome: Outcome) => void outcomes.push(outcome) };
    const items = await callWithHooks(hooks, { path: 'count' } as Call, async () => counted());
    const reader = items[Symbol.asyncIterator]();
    expect([await reader.next(), await reader.next(), outcomes.length]).toMatchObject([{ value: 1 }, { value: 2 }, 0]);
    expect(await reader.next()).toMatchObject({ done: true });
    expect(outcomes).toMatchObject([{ ok: true }]);
  });

  it('is the error that it broke off with', async () => {
    const { app, after } = await watched();
    await app.inject('/notes/export?count=9&failAt=2');
    expect(after.map(({ outcome }) => outcome.error?.code)).toEqual(['CONFLICT']);
  });

  it('is reported when the client has left, and the procedure is ended', async () => {
    const { listen, after, counters } = await watched();
    const response = await openResponse(`${await listen()}/notes/export?count=1000000&padding=1000`);
    expect(after).toEqual([]);
    response.destroy();
    expect(await eventually(() => counters.returned === 1 && after.length === 1)).toBe(true);
  });

  it('is reported for a HEAD, which reads one item', async () => {
    const { app, after, counters } = await watched();
    await app.inject({ method: 'HEAD', url: '/notes/export' });
    expect(await eventually(() => counters.returned === 1 && after.length === 1)).toBe(true);
  });
});
