import { expect, it } from 'vitest';
import { jsonBounds, jsonExcess } from './json-excess.ts';

const { levels, values, names } = jsonBounds;
const nested = (count: number, open = '[', close = ']'): string => open.repeat(count) + close.repeat(count);
const list = (count: number, item: string): string => `[${Array.from({ length: count }, () => item).join(',')}]`;
const named = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"${at}":1`).join(',')}}`;

it.each([
  ['as many levels of lists', nested(levels), null],
  ['a level more of lists', nested(levels + 1), 'levels'],
  ['as many levels of objects', nested(levels, '{"a":', '}').replace(':}', ':1}'), null],
  ['a level more of objects', nested(levels + 1, '{"a":', '}').replace(':}', ':1}'), 'levels'],
  ['objects beside each other', list(levels + 100, '{"a":{}}'), null],
  ['lists beside each other', list(levels + 100, '[[]]'), null],
  ['as many values', list(values - 1, '1'), null],
  ['a value more', list(values, '1'), 'values'],
  ['a value more, each an empty object', list(values, '{}'), 'values'],
  ['as many names', named(names), null],
  ['a name more', named(names + 1), 'names'],
  [
    'what would be too much within a string',
    JSON.stringify(`${nested(levels + 1)}"\\"${','.repeat(values)}${':'.repeat(names)}`),
    null,
  ],
  ['what is too much behind a string that ends in a backslash', `["\\\\",${nested(levels)}]`, 'levels'],
  ['a text that is no JSON', '"never ends', null],
])('finds of %s what it has to', (_what, text, excess) => {
  expect(jsonExcess(text)).toBe(excess);
});
