import { expect, it } from 'vitest';
import { collect } from '../../../../../test/index.ts';
import { divided } from './delimiter.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

it.each([1, 7_000])('finds what divides the cells behind blank lines, however many, in pieces of %i', async (size) => {
  const blank = '\r\n'.repeat(size * 10);
  const { delimiter, lineEnd, text } = await divided(inPieces(`${blank}act;prompt, whole\nx;y\n`, size));
  expect([delimiter, lineEnd]).toEqual([';', 'LF']);
  expect((await collect(text)).join('').trimStart()).toBe('act;prompt, whole\nx;y\n');
});
