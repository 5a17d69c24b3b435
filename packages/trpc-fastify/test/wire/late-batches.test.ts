import { initTRPC, type TRPCError } from '@trpc/server';
import fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { RequestRefused, trpcWire } from '../../src/index.ts';

const LIMIT_MS = 15_000;
/** With the others as they are, three calls run at once. */
const BYTES = { maxAnswerBytes: 64 * 1_024, maxBatchBytes: 256 * 1_024 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const reasonOf = (error: TRPCError): string =>
  error.cause instanceof RequestRefused ? error.cause.reason : error.code;

const t = initTRPC.create({
  isDev: false,
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, reason: reasonOf(error) } }),
});

/** A gate that calls wait at. */
function newGate() {
  const gate = { open: (): void => undefined, opened: Promise.resolve() };
  gate.opened = new Promise((resolve) => {
    gate.open = resolve;
  });
  return gate;
}

/** Serves `work`, which notes what it is called with and is done at once, or with `stuck` when the gate opens. */
function serve(hooks: { beforeCall?(call: { batchIndex: number }): Promise<void> } = {}) {
  const made: string[] = [];
  const reported: string[] = [];
  const gate = newGate();
  const full = newGate();
  let stuck = 0;
  const work = async (input: string): Promise<string> => {
    made.push(input);
    if (!input.startsWith('stuck')) return input;
    stuck += 1;
    if (stuck === 3) full.open();
    await gate.opened;
    return input;
  };
  const router = t.router({
    read: t.procedure.input(z.string()).query(({ input }) => work(input)),
    write: t.procedure.input(z.string()).mutation(({ input }) => work(input)),
  });
  const app = fastify({ handlerTimeout: LIMIT_MS });
  onTestFinished(() => app.close());
  app.register(trpcWire, {
    router,
    createContext: () => ({}),
    onError: ({ error }: { error: TRPCError }) => void reported.push(reasonOf(error)),
    ...BYTES,
    ...hooks,
  });

  async function batch(path: 'read' | 'write', inputs: readonly string[]) {
    const url = `/trpc/${inputs.map(() => path).join(',')}?batch=1`;
    const json = JSON.stringify(Object.fromEntries(inputs.entries()));
    const res = await app.inject(
      path === 'read'
        ? { url: `${url}&input=${encodeURIComponent(json)}` }
        : { method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: json },
    );
    const results: { result?: { data: string }; error?: { data: { reason: string } } }[] = res.json();
    return { status: res.statusCode, ends: results.map(({ result, error }) => result?.data ?? error?.data.reason) };
  }
  return { batch, made, reported, gate, isFull: full.opened };
}

describe.each(['read', 'write'] as const)('a batch that takes too long, of calls that %s', (path) => {
  it('answers those that are done, and says of each other one whether it was begun', async () => {
    const { batch, made, reported, gate, isFull } = serve();
    const answer = batch(path, ['first', 'stuck 1', 'stuck 2', 'second', 'stuck 3', 'never', 'nor this']);
    await isFull;
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    expect(await answer).toEqual({
      status: 207,
      ends: ['first', 'unavailable', 'unavailable', 'second', 'unavailable', 'not_begun', 'not_begun'],
    });
    expect(reported.toSorted()).toEqual(['not_begun', 'not_begun', 'unavailable', 'unavailable', 'unavailable']);
    gate.open();
    await new Promise(setImmediate);
    expect(made).toEqual(['first', 'stuck 1', 'stuck 2', 'second', 'stuck 3']);
  });

  it('begins none in the last third of its time, and answers those that end within it', async () => {
    const { batch, gate, isFull } = serve();
    const answer = batch(path, ['stuck 1', 'stuck 2', 'stuck 3', 'never']);
    await isFull;
    await vi.advanceTimersByTimeAsync(LIMIT_MS * 0.7);
    gate.open();
    expect(await answer).toEqual({ status: 207, ends: ['stuck 1', 'stuck 2', 'stuck 3', 'not_begun'] });
  });

  it('makes no call any more that its host let wait until then', async () => {
    const waiting = newGate();
    const turn = newGate();
    const { batch, made } = serve({
      async beforeCall({ batchIndex }) {
        if (batchIndex === 0) return;
        waiting.open();
        await turn.opened;
      },
    });
    const answer = batch(path, ['first', 'waits']);
    await waiting.opened;
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    expect(await answer).toEqual({ status: 207, ends: ['first', 'unavailable'] });
    turn.open();
    await new Promise(setImmediate);
    expect(made).toEqual(['first']);
  });
});
