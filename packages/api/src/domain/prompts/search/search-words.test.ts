import { expect, it } from 'vitest';
import { searchWords } from './search-words.ts';

const wordsOf = (q: string): string[] => searchWords(q).words.map(({ word }) => word);

it('looks for a run of Chinese characters by its pairs, for one alone by itself', () => {
  expect(wordsOf('写论文 guide 写')).toEqual(['写论', '论文', 'guide', '写']);
});

it('parts words at the marks at which texts are parted', () => {
  expect(wordsOf('next.js support/triage follow–up List<Wombat>')).toEqual([
    'next',
    'js',
    'support',
    'triage',
    'follow',
    'up',
    'list',
    'wombat',
  ]);
});

it('takes c++, c# and .net for words, and no other sign beside letters', () => {
  expect(wordsOf('C++ c# .NET notepad++ 100%')).toEqual(['c++', 'c#', '.net', 'notepad', '100']);
});

it('takes a minus before a word as exclusion, but not when nothing else is asked for', () => {
  expect(searchWords('fox -red -"blue lamp"')).toMatchObject({
    typed: 'fox',
    words: [{ word: 'fox' }],
    excluded: [['red'], ['blue', 'lamp']],
  });
  expect(searchWords('-red')).toMatchObject({ typed: '-red', words: [{ word: 'red' }], excluded: [] });
  expect(wordsOf('a - b')).toEqual(['a', 'b']);
});

it('keeps quotes in pairs only, curled ones too', () => {
  expect(searchWords('“two words” more')).toMatchObject({
    words: [{ phrase: ['two', 'words'] }, { phrase: ['more'] }],
  });
  expect(wordsOf('5" disk')).toEqual(['5', 'disk']);
  expect(wordsOf('"" x')).toEqual(['x']);
});

it('asks for signs as they stand where there is nothing else', () => {
  expect(wordsOf('%_')).toEqual(['%', '_']);
  expect(wordsOf('％')).toEqual(['%']);
});

it('takes the last word for one that may be typed still', () => {
  expect(searchWords('code rev').words.map(({ isLast }) => isLast)).toEqual([false, true]);
  expect(searchWords('"code rev"').words.map(({ isLast }) => isLast)).toEqual([false]);
});

it('takes twelve words at most', () => {
  expect(wordsOf(Array.from({ length: 100 }, (_, index) => `w${index}`).join(' '))).toHaveLength(12);
});
