import { expect, it } from 'vitest';
import { searchWords } from './search-words.ts';

it('makes a phrase of a run of Chinese characters, and words of each', () => {
  expect(searchWords('写论文 guide')).toMatchObject({
    every: ' "写 论 文"  guide',
    words: ['写论文', 'guide', '写', '论', '文'],
    literal: [true, false, true, true, true],
  });
});

it('parts words at the marks at which the index parts them', () => {
  expect(searchWords('next.js support/triage').every).toBe('next js support triage');
  expect(searchWords('follow–up').every).toBe('follow up');
});

it('takes a minus before a word as exclusion, but not when nothing else is asked for', () => {
  expect(searchWords('fox -red -"blue lamp"')).toMatchObject({
    typed: 'fox',
    words: ['fox'],
    excluded: 'red or "blue lamp"',
  });
  expect(searchWords('-red')).toMatchObject({ typed: '-red', words: ['-red'], excluded: '' });
  expect(searchWords('a - b')).toMatchObject({ words: ['a', 'b'], excluded: '' });
});

it('keeps quotes in pairs only, curled ones too', () => {
  expect(searchWords('“two words” more')).toMatchObject({ exact: true, every: '"two words" more' });
  expect(searchWords('5" disk')).toMatchObject({ exact: false, every: '5  disk' });
  expect(searchWords('"" x').exact).toBe(false);
});

it('asks for marks as they stand where there is nothing else', () => {
  expect(searchWords('%_')).toMatchObject({ words: ['%_'], literal: [true] });
});

it('takes twelve words at most', () => {
  expect(searchWords(Array.from({ length: 100 }, (_, index) => `w${index}`).join(' ')).words).toHaveLength(12);
});
