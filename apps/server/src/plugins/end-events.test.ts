import type { Principal } from '@promptory/api/server';
import { EventBody, EventStream } from '@promptory/trpc-fastify';
import fastify from 'fastify';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { addRequestState } from '../http/request-state.ts';
import { endEvents } from './end-events.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** Waits for it without letting time pass, as `expect.poll` does. */
async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 20_000 && !holds(); turns += 1) await new Promise(setImmediate);
  expect(holds()).toBe(true);
}

type Listener = Parameters<NonNullable<Parameters<typeof endEvents>[1]['listen']>>[0];

/** A server of streams that say nothing, of the sessions that their addresses name, one person each. */
async function givenStreams() {
  const ended = new Set<string>();
  const asked: string[] = [];
  const state = { isAway: false };
  let listener: Listener | undefined;
  const app = fastify();
  onTestFinished(() => app.close());
  addRequestState(app);
  endEvents(app, {
    async isStillAuthenticated(caller: Principal) {
      const sessionId = String(Reflect.get(caller, 'sessionId'));
      asked.push(sessionId);
      if (state.isAway) throw new Error('The database is away.');
      return !ended.has(sessionId);
    },
    listen(given) {
      listener = given;
      return () => undefined;
    },
  });
  app.get<{ Params: { session: string } }>('/:session', (req, reply) => {
    const { session } = req.params;
    req.state.caller = { kind: 'user', userId: `person of ${session}`, sessionId: session } as Principal;
    const quiet = new EventStream(() => ({ drained: () => undefined, closed: () => undefined }));
    return reply.header('content-type', 'text/event-stream').send(new EventBody(quiet));
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...{ ended, asked, state },
    reported: (topic: string) => listener?.changed([topic]),
    lost: () => listener?.lost(),
    /** Opens a stream. @returns whether it was cut off */
    async open(session: string) {
      const { body } = await fetch(`${url}/${session}`);
      const reader = body?.getReader();
      await reader?.read();
      const stream = { isCut: false };
      void reader?.read().catch(() => {
        stream.isCut = true;
      });
      onTestFinished(() => void reader?.cancel().catch(() => undefined));
      return stream;
    },
  };
}

it.each(['session:a', 'user:person of a'])(
  'cuts a stream off as soon as it is reported that %s is another',
  async (topic) => {
    const { open, ended, reported, asked } = await givenStreams();
    const [cut, other] = [await open('a'), await open('b')];
    ended.add('a');
    reported(topic);
    await until(() => cut.isCut);
    expect([other.isCut, asked]).toEqual([false, ['a']]);
  },
);

it.each([
  ['after half a minute in which nothing was reported', () => vi.advanceTimersByTime(30_000)],
  ['once reports were lost', undefined],
])('looks after all %s, each session once', async (_when, pass) => {
  const { open, ended, lost, asked } = await givenStreams();
  const streams = [await open('a'), await open('b'), await open('a')];
  ended.add('a');
  (pass ?? lost)();
  await until(() => streams[0]?.isCut === true && streams[2]?.isCut === true);
  expect(streams[1]?.isCut).toBe(false);
  expect(asked).toEqual(['a', 'b']);
});

it('cuts nobody off where the database is away, and asks again', async () => {
  const { open, ended, state, asked } = await givenStreams();
  const stream = await open('a');
  ended.add('a');
  state.isAway = true;
  vi.advanceTimersByTime(30_000);
  await until(() => asked.length === 1);
  // By the time another stream is open, this one would be cut.
  await open('b');
  expect(stream.isCut).toBe(false);
  state.isAway = false;
  vi.advanceTimersByTime(30_000);
  await until(() => stream.isCut);
});
