import { expect, it } from 'vitest';
import { diffWords } from './word-diff.ts';

const changes = (from: string, to: string) => {
  const { removed, added } = diffWords(from, to, { comparisons: 1_000, lookUps: 1_000 });
  return [removed, added].map((pieces) => pieces.map(({ type, text }) => `${type} "${text}"`).join(', '));
};

it.each([
  ['one two three', 'one six seven', 'same "one ", removed "two three"', 'same "one ", added "six seven"'],
  ['one two ', 'one six ', 'same "one ", removed "two", same " "', 'same "one ", added "six", same " "'],
  [' two', ' six', 'same " ", removed "two"', 'same " ", added "six"'],
  ['a, b', 'c, d', 'removed "a", same ", ", removed "b"', 'added "c", same ", ", added "d"'],
])('ties two changes that a space alone lies between, and no other space: %j, %j', (from, to, removed, added) => {
  expect(changes(from, to)).toEqual([removed, added]);
});
