import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { onAbort } from './on-abort.ts';

it('has one listener on a signal for all who wait, and none once nobody does', () => {
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  const back = [1, 2, 3].map(() => onAbort(signal, () => undefined));
  expect(listeners()).toBe(1);
  back[0]?.();
  back[0]?.();
  back[1]?.();
  expect(listeners()).toBe(1);
  back[2]?.();
  expect(listeners()).toBe(0);
  const again = onAbort(signal, () => undefined);
  // Of those who waited before.
  back[2]?.();
  expect(listeners()).toBe(1);
  again();
  expect(listeners()).toBe(0);
});

it('calls back each who still waits once, one that waits twice twice, and nobody who took it back', () => {
  const controller = new AbortController();
  const called: string[] = [];
  const twice = () => void called.push('twice');
  onAbort(controller.signal, twice);
  onAbort(controller.signal, twice);
  const back = onAbort(controller.signal, () => called.push('gone'));
  onAbort(controller.signal, () => called.push('last'));
  back();
  controller.abort();
  expect(called).toEqual(['twice', 'twice', 'last']);
  back();
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});
