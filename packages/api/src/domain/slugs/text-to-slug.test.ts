import { Handle, Slug } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { handleBase } from '../accounts/handles.ts';
import { slugFromTitle } from '../prompts/prompt-slugs.ts';
import { cutSlug, textToSlug } from './text-to-slug.ts';

const letters: readonly [letter: string, ascii: string][] = [
  ['ħ', 'h'],
  ['ł', 'l'],
  ['ø', 'o'],
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ı', 'i'],
  ['ĳ', 'ij'],
  ['ŋ', 'ng'],
  ['ŧ', 't'],
  ['ĸ', 'q'],
  ['ſ', 's'],
  ['ə', 'e'],
  ['ǆ', 'dz'],
  ['ş', 's'],
  ['ö', 'o'],
  ['å', 'a'],
  ['ñ', 'n'],
];

it.each(
  letters.flatMap(
    ([letter, ascii]) =>
      [
        [letter, ascii],
        [letter.toUpperCase(), ascii],
      ] as const,
  ),
)('writes %s as %s, in the handle of a person as in the slug of a prompt', (letter, ascii) => {
  expect(textToSlug(`x${letter}y`)).toBe(`x${ascii}y`);
  expect(handleBase(`x${letter}y`, 'box@example.com')).toBe(`x${ascii}y`);
  expect(slugFromTitle(`x${letter}y`)).toBe(`x${ascii}y`);
});

it.each(['论文降重指南', '日本語', '한국어', 'Привет', 'مرحبا', '🙂'])(
  'leaves out what is not Latin, and romanises none of %s',
  (text) => {
    expect(textToSlug(`Prompt ${text}`)).toBe('prompt');
  },
);

it.each([
  ['２０ ½', '20-1-2'],
  ['Prompt № ½', 'prompt-no-1-2'],
  ['Ｐｒｏｍｐｔ ①', 'prompt-1'],
])('writes a letter or digit of another form, as in %s, as the one that it stands for', (text, slug) => {
  expect(textToSlug(text)).toBe(slug);
});

it('cuts no slug behind a hyphen', () => {
  expect(cutSlug('one-two', 4)).toBe('one');
  expect(cutSlug('one-two', 5)).toBe('one-t');
  expect(Slug.safeParse(slugFromTitle(`${'ß'.repeat(74)}ab c`)).success).toBe(true);
  expect(Handle.safeParse(handleBase('þ'.repeat(40), '')).success).toBe(true);
});
