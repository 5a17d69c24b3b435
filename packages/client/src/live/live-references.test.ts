import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventsListener } from './event-stream.ts';
import { LiveReferences } from './live-references.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** References over streams that say what they are made to. */
function givenReferences() {
  const opened: { refs: readonly string[]; listener: EventsListener; leftAt: string | undefined; isOpen: boolean }[] =
    [];
  const said: string[] = [];
  const references = new LiveReferences({
    open(refs, listener, leftAt) {
      const stream = { refs, listener, leftAt, isOpen: true };
      opened.push(stream);
      return {
        leftAt: `place ${opened.length}`,
        close: () => {
          stream.isOpen = false;
        },
      };
    },
    learn: (ref, now, isSame) => said.push(`${ref} is ${now?.version ?? 'none'}, ${isSame ?? 'first'}`),
    tell: (ref, isLive) => said.push(`${ref} ${isLive ? 'up' : 'down'}`),
  });
  const watch = (...refs: string[]) => {
    for (const ref of refs) references.watch(ref);
    vi.advanceTimersByTime(50);
  };
  const prompt = (ref: string, version: number) => ({
    type: 'prompt',
    ref,
    promptId: 'p',
    version,
    revision: `r${version}`,
  });
  return { references, opened, said, watch, prompt };
}

describe('references that are watched', () => {
  it('are asked for together, and again from where they were with one that is new', () => {
    const { opened, watch } = givenReferences();
    watch('a', 'b', 'a');
    watch('b');
    watch('c');
    expect(opened.map(({ refs, leftAt, isOpen }) => [refs.join(), leftAt, isOpen])).toEqual([
      ['a,b', undefined, false],
      ['a,b,c', 'place 1', true],
    ]);
  });

  it('are learned from the stream that is open, and from none before it', () => {
    const { opened, said, watch, prompt, references } = givenReferences();
    watch('a');
    opened[0]?.listener.onEvent(prompt('a', 1), 'id');
    expect(references.isLive('a')).toBe(true);
    watch('b');
    for (const tell of ['onCurrent', 'onDown'] as const) opened[0]?.listener[tell]();
    opened[0]?.listener.onEvent(prompt('a', 0), 'id');
    expect(references.isLive('a')).toBe(false);
    opened[1]?.listener.onCurrent();
    opened[1]?.listener.onEvent(prompt('a', 1), 'id');
    opened[1]?.listener.onEvent({ type: 'none', ref: 'b', code: 'prompt.not_found' }, 'id');
    opened[1]?.listener.onDown();
    expect(said).toEqual([
      ...['a is 1, first', 'a up', 'a down'],
      ...['a up', 'a is 1, true', 'b is none, first', 'b up', 'a down', 'b down'],
    ]);
  });

  it('are learned anew where what was known is forgotten, and those that were to be asked for are not', () => {
    const { opened, said, watch, prompt, references } = givenReferences();
    watch('a');
    opened[0]?.listener.onEvent(prompt('a', 1), 'id');
    references.watch('b');
    references.forget();
    vi.advanceTimersByTime(1_000);
    expect(opened.map(({ isOpen }) => isOpen)).toEqual([false]);
    expect(references.isLive('a')).toBe(false);
    watch('a');
    expect(opened.slice(1)).toMatchObject([{ refs: ['a'], leftAt: undefined, isOpen: true }]);
    opened[1]?.listener.onEvent(prompt('a', 1), 'id');
    expect(said).toEqual(['a is 1, first', 'a up', 'a down', 'a is 1, first', 'a up']);
  });

  it('are watched no more once the server has refused them, until all is forgotten', () => {
    const { opened, said, watch, prompt, references } = givenReferences();
    watch('a');
    watch('b');
    opened[1]?.listener.onEvent(prompt('a', 1), 'id');
    const refused = new Error('none of these') as Parameters<EventsListener['onRefused']>[0];
    // One that was closed since says nothing of the one that is open.
    opened[0]?.listener.onRefused(refused);
    expect(references.isLive('a')).toBe(true);
    opened[1]?.listener.onRefused(refused);
    expect(opened[1]?.isOpen).toBe(false);
    watch('a', 'c');
    expect([opened.length, said]).toEqual([2, ['a is 1, first', 'a up', 'a down']]);
    references.forget();
    watch('a');
    expect(opened[2]?.refs).toEqual(['a']);
  });

  it('stand in as many streams as there may be, each with as many as an address holds', () => {
    const { opened, watch, references, prompt } = givenReferences();
    const names = Array.from({ length: 501 }, (_, at) => `p${at}`);
    watch(...names);
    expect(opened.map(({ refs }) => refs.length)).toEqual([100, 100, 100, 100, 100]);
    opened[4]?.listener.onEvent(prompt('p499', 1), 'id');
    expect([references.isLive('p499'), references.isLive('p500')]).toEqual([true, false]);
    const long = givenReferences();
    // Each takes its letters and six more.
    long.watch('x'.repeat(1_994), 'y'.repeat(1_994), 'z');
    expect(long.opened.map(({ refs }) => refs.length)).toEqual([2, 1]);
  });
});
