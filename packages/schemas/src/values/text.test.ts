import { expect, it } from 'vitest';
import { line, name, SearchText } from './text.ts';

const accepts = (value: string): boolean => line(100).safeParse(value).success;

it.each(['a\nb', 'a\rb', 'a\tb', 'a\u0000b', 'a\u007fb', 'a\u0085b', 'a\u009bb', 'a\u2028b', 'a\u2029b'])(
  'a line is one line, whatever a mail program or a terminal breaks lines at: %j',
  (value) => {
    expect(accepts(value)).toBe(false);
  },
);

it('a line holds any script, and the marks that say which way it is written', () => {
  for (const value of ['Ångström 🦊', 'שלום\u200f עולם', 'a\u200db', '한국어']) expect(accepts(value)).toBe(true);
});

const nameFaults = (value: string): string[] =>
  name(60)
    .safeParse(value)
    .error?.issues.map(({ message }) => message) ?? [];

it.each([
  ['zero-width', '\u200b\u200c\u200d\ufeff\u2060'],
  ['marks that combine with nothing', '\u0301\u0302'],
  ['Hangul fillers', '\u115f\u1160\u3164\uffa0'],
  ['the Braille pattern without dots', '\u2800\u2800'],
  ['tag characters', '\u{e0001}\u{e0061}\u{e007f}'],
  ['variation selectors', '\ufe0f\u{e0100}'],
  ['a soft hyphen', '\u00ad'],
  ['invisible operators', '\u2061\u2062\u2063'],
  ['private use', '\ue000'],
  ['Mongolian separators', '\u180e\u180b'],
])('a name is not %s alone', (_, value) => {
  expect(nameFaults(value)).toEqual(['Must contain at least one character that can be seen']);
  expect(nameFaults(`${value}x`)).toEqual([]);
});

it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
  'a name turns nothing around that stands beside it: %j',
  (mark) => {
    const code = mark.charCodeAt(0).toString(16).toUpperCase();
    expect(nameFaults(`a${mark}b`)).toEqual([
      `Must not contain marks that turn the direction of text around, such as U+${code}; leave it out`,
    ]);
  },
);

it('a name has one fault for each thing that is wrong with it', () => {
  expect(nameFaults('a\0b')).toEqual(['Must not contain NUL (U+0000)']);
  expect(nameFaults('a\ud800b')[0]).toContain('surrogate');
  expect(nameFaults('a\u0007b')).toEqual(['Must be one line without control characters; it contains U+0007']);
  expect(nameFaults(' ')).toHaveLength(1);
  expect(nameFaults('x'.repeat(61))).toHaveLength(1);
  expect(nameFaults('x'.repeat(1_000))).toHaveLength(1);
});

it('a name may be a word, a sign or a picture of any script, and is kept composed and trimmed', () => {
  for (const value of [
    'Ångström',
    '字',
    '한국어',
    '👩‍👩‍👧',
    '🏴\u{e0067}\u{e0062}\u{e007f}',
    '?',
    '9',
    'שלום\u200f',
    'ى\u0655',
  ]) {
    expect(name(60).parse(` ${value.normalize('NFD')} `)).toBe(value.normalize('NFC'));
  }
});

it('counts the characters of a name, and of what is searched for, once they are composed', () => {
  expect(name(60).parse('e\u0301'.repeat(60))).toBe('é'.repeat(60));
  expect(nameFaults('e\u0301'.repeat(61))).toHaveLength(1);
  expect(name(60).parse('한'.normalize('NFD').repeat(60))).toBe('한'.repeat(60));
  expect(SearchText.parse('cafe\u0301')).toBe('café');
});
