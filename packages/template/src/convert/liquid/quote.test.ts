import { expect, it } from 'vitest';
import { parse, render } from '../../index.ts';
import { quote } from './quote.ts';

it.each([
  '',
  'plain',
  'a "quoted" one',
  'back\\slash',
  'two\nlines\r\n',
  'an end }} of an output',
  'an end %} of a tag',
  '}}} %}} }',
  '\\u007d',
  '{{ x }}{% x %}',
])('a text is the same as a string of Liquid, in an output as in a tag: %j', (text) => {
  expect(render(parse(`{{ ${quote(text)} }}`), {}, 'lenient')).toBe(text);
  expect(render(parse(`{% assign x = ${quote(text)} %}{{ x }}`), {}, 'lenient')).toBe(text);
});
