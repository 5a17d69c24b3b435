import { describe, expect, it } from 'vitest';
import { linearPattern } from './linear-pattern.ts';
import { PatternError } from './re2-pattern.ts';

const texts = [
  '',
  'a',
  'ab',
  'aab',
  'A',
  '0',
  '_',
  '-',
  ']',
  '\\',
  '/',
  '.',
  '\n',
  '\r',
  '\t',
  '\v',
  ' ',
  '\u00a0',
  '\u2028',
];
const strange = [
  '\ufeff',
  '\u200b',
  '\b',
  'é',
  'ß',
  'σ',
  'Σ',
  '漢',
  '😀',
  'a😀b',
  'a-b',
  'x.y',
  '{',
  '}',
  'a{2}',
  '\0',
  'k',
  'K',
];
const patterns = [
  ...[
    '',
    'a',
    '^a$',
    '^.$',
    '^..$',
    'a|b',
    '^(?:a|b)*$',
    'a+?b',
    '^a{2}b$',
    '^a{1,}b',
    '^[a-c]+$',
    '^[^a]$',
    '[^]',
    '[]',
  ],
  ...[
    '^\\s$',
    '^\\S$',
    '^[\\s]$',
    '^[^\\s]$',
    '^[\\S]$',
    '^\\d\\D?$',
    '^\\w$',
    '^\\W$',
    '\\bb',
    '\\Bb',
    '^[\\b]$',
    '^\\0$',
  ],
  ...[
    '^\\t$',
    '^\\cI$',
    '^\\x41$',
    '^\\u0041$',
    '^\\u{1F600}$',
    '^\\ud83d\\ude00$',
    '^\\p{L}$',
    '^\\P{L}$',
    '^\\p{Lu}$',
  ],
  ...[
    '^\\p{Script=Greek}$',
    '^\\p{sc=Han}$',
    '^[\\p{Ll}\\d]$',
    '^\\.$',
    '^\\/$',
    '^[\\-\\]\\\\]$',
    '^[a-]$',
    '^[-a]$',
    '^[.]$',
  ],
  ...['^(?<first>a)b$', '^a.b$', '^x\\.y$', '^\\{$', 'a$', '^', '$', '^[😀]$', '^(a|)+$', '^[\\w-]+$', '^[^\\n]$'],
];

describe('linearPattern', () => {
  it('matches what the pattern matches in ECMAScript', () => {
    for (const pattern of patterns) {
      const native = new RegExp(pattern, 'u');
      for (const text of [...texts, ...strange]) {
        expect(linearPattern(pattern).test(text), `/${pattern}/u on ${JSON.stringify(text)}`).toBe(native.test(text));
      }
    }
  });

  it('refuses what is no pattern of ECMAScript, though RE2 would take it', () => {
    for (const pattern of [
      '\\A',
      '\\z',
      '\\Q',
      '\\a',
      '(?i)a',
      '[[:alpha:]]',
      '\\pL',
      ']',
      '}',
      '{',
      '{1}',
      'a{2',
      '\\-',
      '^*',
      '(?i:a)',
    ]) {
      expect(() => linearPattern(pattern), pattern).toThrow(PatternError);
    }
  });

  it('says why', () => {
    expect(() => linearPattern('a(?=b)')).toThrow('looking ahead or behind is not linear');
    expect(() => linearPattern('(a)\\1')).toThrow('a back-reference is not linear');
    expect(() => linearPattern('a(b')).toThrow('a group is not closed');
    for (const pattern of [')', 'a)b', '(a))', '(?:a)|)']) {
      expect(() => linearPattern(pattern), pattern).toThrow(') closes no group');
    }
    expect(() => linearPattern('a{2001}')).toThrow('its counts make it larger than 2000 characters');
  });
});
