import { expect, it } from 'vitest';
import { visible } from './visible.ts';

it.each([
  ['tabs\tand\nlines', 'tabs\tand\nlines'],
  ['ends of Windows\r\n', 'ends of Windows\n'],
  ['\u001b[2J', '\\u001b[2J'],
  ['\0\u0007\u007f\u009b', '\\u0000\\u0007\\u007f\\u009b'],
  ['\u202aa\u202e b\u2066c\u2069', '\\u202aa\\u202e b\\u2066c\\u2069'],
  ['שלום 😀 \u200d', 'שלום 😀 \u200d'],
])('writes out of %j what a terminal would obey', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
