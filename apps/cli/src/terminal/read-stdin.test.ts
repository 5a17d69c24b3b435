import { getEventListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readStdin } from './read-stdin.ts';

it('reads all there is', async () => {
  const stdin = new PassThrough();
  const { signal } = new AbortController();
  const read = readStdin({ stdin, signal });
  stdin.write('one ');
  stdin.end('two');
  expect(String(await read)).toBe('one two');
  // An interrupt of what comes after is none of its own.
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it.each([false, true])('ends at the first interrupt, where nothing more comes: before %s', async (before) => {
  const stdin = new PassThrough();
  const interrupt = new AbortController();
  if (before) interrupt.abort();
  const read = readStdin({ stdin, signal: interrupt.signal });
  stdin.write('one');
  interrupt.abort();
  await expect(read).rejects.toMatchObject({ exitCode: 130 });
  expect(stdin.destroyed).toBe(true);
});
