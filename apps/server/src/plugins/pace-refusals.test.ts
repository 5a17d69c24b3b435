import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRefusalPace } from './pace-refusals.ts';

const here = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the pace of refusals', () => {
  const times = (pace: ReturnType<typeof createRefusalPace>, caller: string, count: number): number[] => {
    const ended: number[] = [];
    const started = performance.now();
    for (let call = 0; call < count; call += 1)
      void pace(caller, here, 5_000).then(() => ended.push(performance.now() - started));
    return ended;
  };

  it('answers the first at once, the next ones one after another, and each caller by itself', async () => {
    const pace = createRefusalPace(10);
    const [one, other] = [times(pace, 'a', 4), times(pace, 'b', 1)];
    await vi.advanceTimersByTimeAsync(100);
    expect(one).toEqual([0, 10, 20, 30]);
    expect(other).toEqual([0]);
    const later = times(pace, 'a', 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(later).toEqual([0, 10]);
  });

  it('lets none wait for longer than it may, nor for who is gone', async () => {
    const pace = createRefusalPace(1_000);
    const all = times(pace, 'a', 8);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(all).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 5_000, 5_000]);
    const client = new AbortController();
    await pace('b', here, 5_000);
    const waiting = pace('b', client.signal, 5_000);
    client.abort();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
});
