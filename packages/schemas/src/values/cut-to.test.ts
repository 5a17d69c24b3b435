import { expect, it } from 'vitest';
import { z } from 'zod';
import { cutTo } from './cut-to.ts';

const field = z.string().max(5);

it.each([
  ['that it takes stays as it is', field, 'a😀bc', 'a😀bc'],
  ['that is longer is cut to what it takes', field, 'abcdef', 'abcde'],
  ['whose character is cut apart stays well-formed', field, 'abcd😀', 'abcd\ufffd'],
  ['that was cut apart before becomes well-formed', field, 'a\ud83d', 'a\ufffd'],
  ['is cut for a field that may be null too', field.nullable(), 'abcdef', 'abcde'],
  ['is cut for a field that may be left out too', field.optional().describe('A text.'), 'abcdef', 'abcde'],
])('a text %s', (_what, to, value, cut) => {
  expect(cutTo(to, value)).toBe(cut);
});

it('a text is not cut to a field without a bound', () => {
  expect(() => cutTo(z.string(), 'a')).toThrow(RangeError);
});
