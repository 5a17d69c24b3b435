import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTime } from './in-time.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const late = new Error('late');

it('is what the work comes to within the time, and leaves no timer', async () => {
  const done = inTime(100, new Promise((resolve) => setTimeout(() => resolve('done'), 99)), late);
  await vi.advanceTimersByTimeAsync(99);
  expect(await done).toBe('done');
  await expect(inTime(100, Promise.reject(new Error('broken')), late)).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});

it('is given up once the time is over, and not before', async () => {
  let outcome: unknown = 'open';
  inTime(100, new Promise(() => undefined), late).catch((error: unknown) => {
    outcome = error;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(outcome).toBe('open');
  await vi.advanceTimersByTimeAsync(1);
  expect(outcome).toBe(late);
});
