import { expect, it } from 'vitest';
import { isMistypable, mistyped } from './near-words.ts';

it.each([
  ['wrong', 'promqt', 'prompt'],
  ['missing', 'prompt', 'prompts'],
  ['too many', 'promppt', 'prompt'],
  ['exchanged with the next', 'rpompt', 'prompt'],
  ['of another script', 'пирвет', 'привет'],
])('finds a word with one letter %s', (_, typed, meant) => {
  expect(mistyped(typed)).toContain(meant);
});

it('takes no letter from the shortest words, of which too little would be left', () => {
  const shortest = Array.from('abcdefgh').reduce((word, letter) => (isMistypable(word) ? word : word + letter), '');
  expect(mistyped(shortest).every((word) => word.length >= shortest.length)).toBe(true);
  expect(mistyped(`${shortest}z`)).toContain(shortest);
  expect(mistyped(shortest)).not.toContain(shortest);
});
