import { expect, it } from 'vitest';
import { line } from './text.ts';

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
