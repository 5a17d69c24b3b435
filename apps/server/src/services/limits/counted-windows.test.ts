import { expect, it } from 'vitest';
import { CountedWindows } from './counted-windows.ts';

it('counts each key within a window of its own, which begins with its first count', () => {
  let now = 1_000;
  const windows = new CountedWindows(60, () => now);
  expect(windows.count('a', 1)).toEqual({ points: 1, msLeft: 60_000 });
  now += 20_000;
  expect(windows.count('b', 3)).toEqual({ points: 3, msLeft: 60_000 });
  expect(windows.count('a', 2)).toEqual({ points: 3, msLeft: 40_000 });
  expect(windows.count('a', -1)).toEqual({ points: 2, msLeft: 40_000 });
  now += 40_000;
  expect(windows.count('a', 1)).toEqual({ points: 1, msLeft: 60_000 });
  expect(windows.count('b', 1)).toEqual({ points: 4, msLeft: 20_000 });
});

it('forgets keys whose windows have ended, however many there were', () => {
  let now = 0;
  const windows = new CountedWindows(1, () => now);
  for (let key = 0; key < 1_000; key += 1) windows.count(`${key}`, 1);
  now = 500;
  windows.count('late', 1);
  expect(windows.size).toBe(1_001);
  now = 1_000;
  windows.count('new', 1);
  expect(windows.size).toBe(2);
});
