import { expect, it, onTestFinished, vi } from 'vitest';
import { createPromptory } from '../src/create-promptory.ts';
import { answer, stubPromptory } from './stub-promptory.ts';

const CALLS = 30;
const apiKey = 'pty_live_x';
const many = <Value>(make: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: CALLS }, (_, index) => make(index)));

/** The most listeners that one signal has had at a time, while the test runs. Node 20 warns of more than ten. */
function mostListeners(): () => number {
  const [listeners, most] = [new Map<EventTarget, number>(), new Map<EventTarget, number>()];
  const { addEventListener, removeEventListener } = AbortSignal.prototype;
  const count = (signal: EventTarget, change: number) => {
    const now = (listeners.get(signal) ?? 0) + change;
    listeners.set(signal, now);
    most.set(signal, Math.max(now, most.get(signal) ?? 0));
  };
  const added = vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
    this: AbortSignal,
    ...given: Parameters<typeof addEventListener>
  ) {
    count(this, 1);
    addEventListener.apply(this, given);
  });
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener').mockImplementation(function (
    this: AbortSignal,
    ...given: Parameters<typeof removeEventListener>
  ) {
    count(this, -1);
    removeEventListener.apply(this, given);
  });
  onTestFinished(() => {
    added.mockRestore();
    removed.mockRestore();
  });
  return () => Math.max(0, ...most.values());
}

it.each([
  ['batches', {}],
  ['requests of their own', { batch: false }],
] as const)('puts few listeners on a signal that many calls share, in %s', async (_how, options) => {
  const most = mostListeners();
  const promptory = createPromptory({ ...stubPromptory(), apiKey, ...options });
  const { signal } = new AbortController();
  const titles = await many(async (index) => (await promptory.prompts.get.query({ id: `${index}` }, { signal })).title);
  expect(titles).toHaveLength(CALLS);
  await many((index) => promptory.prompts.create.mutate({ title: `${index}`, content: 'c' }, { signal }));
  expect(most()).toBeGreaterThan(0);
  expect(most()).toBeLessThan(5);
});

it('puts few listeners on the signal that all calls of a client share, where none has its own', async () => {
  const most = mostListeners();
  const promptory = createPromptory({ ...stubPromptory(), apiKey });
  await many((index) => promptory.prompts.get.query({ id: `${index}` }));
  expect(most()).toBeGreaterThan(0);
  expect(most()).toBeLessThan(5);
});

it('puts few listeners on a signal that many streams share', async () => {
  const most = mostListeners();
  const promptory = createPromptory({ ...stubPromptory(), apiKey });
  const { signal } = new AbortController();
  const slugs = await many(async () => {
    const read: string[] = [];
    for await (const { slug } of await promptory.transfer.export.query({}, { signal })) {
      read.push(slug);
      if (read.length === 2) break;
    }
    return read;
  });
  expect(slugs).toEqual(Array.from({ length: CALLS }, () => ['a', 'b']));
  expect(most()).toBeGreaterThan(0);
  expect(most()).toBeLessThan(5);
});

it('puts few listeners on a signal that many imports share', async () => {
  const most = mostListeners();
  const counts = { rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
  const done = JSON.stringify({ type: 'done', dryRun: false, ...counts });
  const stub = stubPromptory({ instead: () => answer(200, `${done}\n`, { 'content-type': 'application/x-ndjson' }) });
  const promptory = createPromptory({ ...stub, apiKey });
  const { signal } = new AbortController();
  const ends = await many(async () => {
    const types: string[] = [];
    for await (const { type } of promptory.$import('title\n', { type: 'text/csv', signal })) types.push(type);
    return types;
  });
  expect(ends).toEqual(Array.from({ length: CALLS }, () => ['done']));
  expect(most()).toBeLessThan(5);
});
