import { performance } from 'node:perf_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { watchLoop } from './watch-loop.ts';

afterEach(() => void vi.restoreAllMocks());

it('looks four times a second at most whether the loop was busy for more than two fifths of the time since it did', () => {
  const loop = { active: 0, idle: 0 };
  vi.spyOn(performance, 'now').mockImplementation(() => loop.active + loop.idle);
  vi.spyOn(performance, 'eventLoopUtilization').mockImplementation((now, before) => {
    const active = (now?.active ?? loop.active) - (before?.active ?? 0);
    const idle = (now?.idle ?? loop.idle) - (before?.idle ?? 0);
    return { active, idle, utilization: active / (active + idle || 1) };
  });
  loop.idle = 1_000;
  const isBusy = watchLoop();
  const after = (active: number, idle: number): boolean => {
    loop.active += active;
    loop.idle += idle;
    return isBusy();
  };
  expect(after(249, 0)).toBe(false);
  expect(after(1, 0)).toBe(true);
  expect(after(0, 249)).toBe(true);
  expect(after(0, 1)).toBe(false);
  expect(after(100, 150)).toBe(false);
  expect(after(101, 149)).toBe(true);
});
