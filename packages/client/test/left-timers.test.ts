import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPromptory } from '../src/create-promptory.ts';
import { Refusal, stubPromptory } from './stub-promptory.ts';

// A timer that is left keeps a program from its end, which had its answer long before.

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const apiKey = 'pty_live_x';
const retry = { baseDelayMs: 1_000 };
/** Lets time go by until it is settled, and no further. */
async function settled(call: Promise<unknown>): Promise<string> {
  let outcome = '';
  call.then(
    () => {
      outcome = 'answered';
    },
    () => {
      outcome = 'failed';
    },
  );
  for (let passed = 0; outcome === '' && passed < 1_000; passed += 1) await vi.advanceTimersByTimeAsync(10);
  return outcome;
}

it.each([
  ['is answered', () => stubPromptory(), 'answered'],
  [
    'is refused',
    () => {
      const stub = stubPromptory();
      stub.failNext(new Refusal('prompt.not_found', 404));
      return stub;
    },
    'failed',
  ],
  [
    'cannot be made, however often it is tried',
    () => stubPromptory({ instead: () => new TypeError('fetch failed') }),
    'failed',
  ],
])('a call that %s leaves no timer', async (_what, stub, outcome) => {
  const promptory = createPromptory({ ...stub(), apiKey, retry });
  const call = promptory.prompts.get.query({ id: '1' });
  expect(await settled(call)).toBe(outcome);
  expect(vi.getTimerCount()).toBe(0);
});

it('what other files left for the next turns of the event loop is none of them', async () => {
  const turn = new Promise(setImmediate);
  expect(vi.getTimerCount()).toBe(0);
  await turn;
});

it('a call that is given up while it waits for its next try leaves none', async () => {
  const leaving = new AbortController();
  const promptory = createPromptory({
    ...stubPromptory({ instead: () => new TypeError('fetch failed') }),
    apiKey,
    retry,
  });
  const call = promptory.prompts.get.query({ id: '1' }, { signal: leaving.signal });
  const failure = expect(call).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBeGreaterThan(0);
  leaving.abort();
  await failure;
  expect(vi.getTimerCount()).toBe(0);
});
