import { initTRPC, TRPCError } from '@trpc/server';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { EventStream, eventsOf, StreamedEvent } from '../router/event-stream.ts';
import { trpcWire } from './trpc-wire.ts';
import type { WireOptions } from './wire-options.ts';

interface FeedContext {
  user: string;
}

const t = initTRPC.context<FeedContext>().create({ sse: { client: { reconnectAfterInactivityMs: 20_000 } } });

/** An app with a feed of three words, which begins after the place that its caller has read to. */
function given(wire: Partial<WireOptions> = {}) {
  const said: object[] = [];
  const inputs: unknown[] = [];
  const words = ['one', 'two', 'three'];
  const router = t.router({
    words: t.procedure
      .input(z.object({ lastEventId: z.coerce.number().max(3, 'No such place.').optional() }).optional())
      .output(eventsOf(z.string()))
      .subscription(({ input }) => {
        inputs.push(input);
        return new EventStream<string>((sink) => {
          for (const [at, word] of words.entries()) {
            if (at >= (input?.lastEventId ?? 0)) sink.event(new StreamedEvent(word), String(at + 1));
          }
          sink.end();
          return { drained: () => undefined, closed: () => undefined };
        });
      }),
    closed: t.procedure.output(eventsOf(z.string())).subscription(() => {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'Not for you.' });
    }),
    none: t.procedure.output(eventsOf(z.string())).subscription(() => words as never),
  });
  const app = fastify();
  onTestFinished(() => app.close());
  const ctx = { user: 'alice' };
  app.register(trpcWire, {
    router,
    prefix: '/trpc',
    createContext: () => ctx,
    onError: ({ error, req: _, ...at }) => void said.push({ code: error.code, message: error.message, ...at }),
    ...wire,
  });
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const { body, statusCode, headers: got } = await app.inject({ url: `/trpc/${path}`, headers });
    expect([statusCode, got['content-type'], got['cache-control']]).toEqual([
      200,
      'text/event-stream',
      'no-cache, no-transform',
    ]);
    const [connected, ...events] = body.split('\n\n').slice(0, -1);
    expect(connected).toBe('event: connected\ndata: {"reconnectAfterInactivityMs":20000}');
    // When to come back, of which each client is given a time of its own.
    return events.filter((event) => !event.startsWith('retry: '));
  };
  return { read, said, inputs, ctx };
}

const eventOf = (at: number, word: string) => `data: "${word}"\nid: ${at}`;

it('streams the events with their ids, and begins after the place that its caller shows', async () => {
  const { read, said, inputs } = given();
  const rest = [eventOf(3, 'three')];
  expect(await read('words')).toEqual([eventOf(1, 'one'), eventOf(2, 'two'), ...rest]);
  expect(await read('words', { 'last-event-id': '2' })).toEqual(rest);
  expect(await read('words?lastEventId=2')).toEqual(rest);
  expect(await read('words?Last-Event-Id=2')).toEqual(rest);
  const input = encodeURIComponent('{"lastEventId":1}');
  expect(await read(`words?input=${input}`, { 'last-event-id': '2' })).toEqual(rest);
  expect(await read(`words?input=${input}`)).toEqual([eventOf(2, 'two'), ...rest]);
  expect(inputs.map((given) => (given as { lastEventId?: number } | undefined)?.lastEventId)).toEqual([
    undefined,
    ...[2, 2, 2, 2, 1],
  ]);
  expect(said).toEqual([]);
});

it('answers a refusal as the one event of a stream, and has the host hear of it', async () => {
  const { read, said, ctx } = given();
  const [event, ...others] = await read('closed');
  expect(others).toEqual([]);
  const [name, data = ''] = event?.split('\ndata: ') ?? [];
  expect([name, JSON.parse(data)]).toMatchObject([
    'event: serialized-error',
    { message: 'Not for you.', code: -32003, data: { code: 'FORBIDDEN', httpStatus: 403, path: 'closed' } },
  ]);
  const at = { type: 'subscription', path: 'closed', input: undefined, ctx };
  expect(said).toEqual([{ code: 'FORBIDDEN', message: 'Not for you.', ...at }]);
});

it('refuses an input before the procedure runs, and what is no stream of events', async () => {
  const { read, said, inputs, ctx } = given();
  const [invalid] = await read('words', { 'last-event-id': '9' });
  expect(invalid).toContain('"code":"BAD_REQUEST"');
  expect(inputs).toEqual([]);
  const [none] = await read('none');
  expect(none).toContain('"code":"INTERNAL_SERVER_ERROR"');
  expect(said).toMatchObject([
    { code: 'BAD_REQUEST', message: expect.stringContaining('No such place.'), path: 'words', ctx },
    { code: 'INTERNAL_SERVER_ERROR', path: 'none', ctx },
  ]);
});

it('answers so where the host makes no context', async () => {
  const { read, said } = given({
    createContext: () => {
      throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Who is it?' });
    },
  });
  expect((await read('words'))[0]).toContain('"message":"Who is it?"');
  expect(said).toEqual([
    {
      code: 'UNAUTHORIZED',
      message: 'Who is it?',
      type: 'subscription',
      path: 'words',
      input: undefined,
      ctx: undefined,
    },
  ]);
});
