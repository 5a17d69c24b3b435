import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameKey } from './name-key.ts';

it.each([
  ['café', 'cafe\u0301', 'CAFÉ'],
  ['Finance', 'finance', 'FINANCE', 'ＦＩＮＡＮＣＥ'],
  ['Straße', 'STRASSE', 'STRAẞE', 'strasse'],
  ['ΟΔΟΣ', 'οδος', 'οδοσ', 'Οδος'],
  ['ﬁle', 'file', 'FILE'],
  ['Yazılım', 'YAZILIM', 'yazilim'],
  ['İş', 'iş', 'IŞ', 'i\u0307s\u0327'],
  ['가', '\u1100\u1161'],
  ['ガイド', 'ｶﾞｲﾄﾞ'],
  ['a b', 'a\u00a0b', ' a \u3000 b ', 'a\u2800b'],
  ['ab', 'a\u200bb', 'a\u00adb', '\ufeffab', 'a\u{e0061}b'],
  ['☂', '☂\ufe0e', '☂\ufe0f'],
  ['№ 1', 'no 1', 'No １'],
])('takes %s and what looks like it for one name', (...names) => {
  expect(new Set(names.map(nameKey)).size).toBe(1);
});

it.each([
  ['café', 'cafe'],
  ['Ärzte', 'Arzte'],
  ['a-b', 'a b'],
  ['ab', 'a b'],
  ['c', 'c++'],
  ['は', 'ば'],
])('tells %s from %s', (one, other) => {
  expect(nameKey(one)).not.toBe(nameKey(other));
});

const letters = Array.from({ length: 0x30000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));
const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

it('folds every letter that has another case or form as that one, and what it answers as itself', () => {
  const folded = letters.filter(
    (letter) =>
      letter !== letter.toLowerCase() || letter !== letter.toUpperCase() || letter !== letter.normalize('NFKD'),
  );
  expect(folded.length).toBeGreaterThan(15_000);
  const faults = folded.filter((letter) => {
    const key = nameKey(letter);
    const others = [letter.toLowerCase(), letter.toUpperCase(), ...forms.map((form) => letter.normalize(form)), key];
    return others.some((other) => nameKey(other) !== key);
  });
  expect(faults).toEqual([]);
});

it('answers the same for every form and case of a text, and what shows never as nothing', () => {
  const letter = fc.nat({ max: letters.length - 1 }).map((index) => letters[index] ?? '');
  const text = fc.array(letter, { maxLength: 12 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom(...forms), (name, form) => {
      const key = nameKey(name);
      expect(nameKey(key)).toBe(key);
      expect(nameKey(name.normalize(form))).toBe(key);
      expect(nameKey(name.normalize('NFC').toLowerCase())).toBe(key);
      expect(key === '').toBe(name === '');
    }),
  );
});
