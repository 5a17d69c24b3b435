import { expect, it } from 'vitest';
import { abortable } from './abortable.ts';

const aborted = { code: 'client.aborted' };

it('is aborted by a signal that has aborted before, or does later, whichever of several it is', async () => {
  const never = new Promise<string>(() => undefined);
  await expect(abortable(never, [AbortSignal.abort()])).rejects.toMatchObject(aborted);
  const [one, two] = [new AbortController(), new AbortController()];
  const waiting = abortable(never, [one.signal, two.signal]);
  two.abort();
  await expect(waiting).rejects.toMatchObject(aborted);
});

it('is what the promise becomes where nothing aborts', async () => {
  const { signal } = new AbortController();
  expect(await abortable(Promise.resolve('done'), [signal])).toBe('done');
  await expect(abortable(Promise.reject(new Error('no')), [signal])).rejects.toThrow('no');
});
