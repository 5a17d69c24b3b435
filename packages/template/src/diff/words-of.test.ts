import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsOf } from './words-of.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const ascii = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'Z', '1', '9', '_', ' ', '\r', '\n', "'", '.', ',', ':', ';') },
  fc.nat({ max: 0x7f }).map((unit) => String.fromCharCode(unit)),
);

it('finds the words of Unicode in ASCII, without looking any up', () => {
  fc.assert(
    fc.property(fc.string({ unit: ascii, maxLength: 12 }), (text) => {
      const work = { lookUps: 0 };
      expect(wordsOf(text, work)).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment));
      expect(work.lookUps).toBe(0);
    }),
    { numRuns: 500 },
  );
});

it('finds those of other scripts while it may look them up, and letters beyond', () => {
  const text = '翻译 naïve Слово 👍!';
  const work = { lookUps: text.length };
  expect(wordsOf(text, work)).toEqual(['翻译', ' ', 'naïve', ' ', 'Слово', ' ', '👍', '!']);
  expect(wordsOf(text, work)).toEqual(['翻', '译', ' ', 'naïve', ' ', 'Слово', ' ', '👍', '!']);
});

it('gives back any text, whatever it may look up', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 1 }), (text, share) => {
      const words = wordsOf(text, { lookUps: share * text.length });
      expect(words.join('')).toBe(text);
      expect(words).not.toContain('');
    }),
  );
});
