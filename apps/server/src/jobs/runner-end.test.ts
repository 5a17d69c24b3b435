import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { endOf } from './runner-end.ts';

const given = () => ({ events: new EventEmitter(), end: Promise.withResolvers<void>() });

it('is the end of a runner that ends by itself, well or not', async () => {
  const [well, badly] = [given(), given()];
  const ends = Promise.allSettled([
    endOf({ events: well.events, promise: well.end.promise }, 60_000, () => false),
    endOf({ events: badly.events, promise: badly.end.promise }, 60_000, () => false),
  ]);
  well.events.emit('stop');
  well.end.resolve();
  badly.end.reject(new Error('cron exited'));
  expect(await ends).toMatchObject([{ status: 'fulfilled' }, { reason: { message: 'cron exited' } }]);
  expect(well.events.listenerCount('stop')).toBe(0);
});

it('comes after a while where a runner that stops never ends, and not before', async () => {
  vi.useFakeTimers();
  try {
    const { events, end } = given();
    const ended = vi.fn();
    void endOf({ events, promise: end.promise }, 60_000, () => false).catch(ended);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ended).not.toHaveBeenCalled();
    events.emit('stop');
    await vi.advanceTimersByTimeAsync(59_000);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toHaveBeenCalledWith(new Error('The runner stopped, and did not end.'));
  } finally {
    vi.useRealTimers();
  }
});

it('is waited for where the runner was asked to stop and its jobs take their time', async () => {
  vi.useFakeTimers();
  try {
    const { events, end } = given();
    const ended = vi.fn();
    const waiting = endOf({ events, promise: end.promise }, 60_000, () => true).then(ended);
    events.emit('stop');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ended).not.toHaveBeenCalled();
    end.resolve();
    await waiting;
    expect(ended).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
