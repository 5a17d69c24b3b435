import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { preparePassword } from './prepare-password.ts';
import { isPublishedPassword } from './published-passwords.ts';

const common = [
  'password123',
  'Password123!',
  'PASSWORD12',
  'passwordpassword',
  'ｐａｓｓｗｏｒｄ１２３',
  'qwertyuiop',
  'QWERTYUIOP',
  'poiuytrewq',
  'asdfghjkl;',
  'zxcvbnm,./',
  '1qaz2wsx3edc',
  '1q2w3e4r5t',
  '1234567890',
  '12345678901',
  '0987654321',
  'abcdefghij',
  'zyxwvutsrqponm',
  'aaaaaaaaaa',
  'ÉÉÉÉÉÉÉÉÉÉ',
  '1212121212',
  'abcabcabcabc',
  'abcdeabcde',
  '          ',
  '😀😀😀😀😀😀😀😀😀😀',
  'iloveyou123',
  'Welcome2025!',
  'letmein1234',
  'correct horse battery staple',
  'promptory123',
  'Promptory2026',
  'йцукенгшщз',
  'administrator',
  'Michael1987',
  'princess10',
  'Alexandra1!',
  'brasil20141234',
  'woaini5202024',
  'qwer123456782024',
  'abc!@#123452024',
  'qwe11223342024',
  'Terminator99',
  '123456789m',
  'q1234567890',
  '123456789qwe',
  '12345qwert',
  '123456654321',
  '123qwe123qwe',
  'asdf1234zxcv',
];

/** What the published list lacks, and keyboards do not make: each is common by one rule alone. */
const commonByRule = [
  ['a word twice', 'geheimgeheim'],
  ['a word twice, with a number and a mark', 'salasanasalasana7!'],
  ['an ending before a word', '2024geheim'],
  ['an ending behind a word', 'geheim@2024'],
  ['a unit of six over and over', 'x7!pk9x7!pk9'],
  ['a unit of six over and over, cut off', 'x7!pk9x7!pk9x7'],
] as const;

const fine = [
  'tulip-otter-9',
  'we ate the blue chairs',
  'Ünïcödé wörds',
  '密码是一件很私人的东西啊',
  '🦊🌲🪐🎻🧂🛶🥁🪁🧵🗿',
  'passwords are dull',
  'michaels yellow house',
  'abc is where I begin',
  '1234 times around',
  'a1!a1!a1!x',
  'x7!pk9ax7!pk9a',
];

describe('preparePassword', () => {
  it.each(common)('refuses %j as common', (text) => {
    expect(preparePassword(text)).toEqual({ ok: false, reason: 'common' });
  });

  it.each(commonByRule)('refuses %s as common, though nobody published it: %j', (_, text) => {
    expect(isPublishedPassword(text)).toBe(false);
    expect(preparePassword(text)).toEqual({ ok: false, reason: 'common' });
  });

  it.each(fine)('accepts %j whatever its characters are', (text) => {
    expect(preparePassword(text)).toEqual({ ok: true, password: text.normalize('NFKC') });
  });

  it('accepts what a password manager makes', () => {
    for (let round = 0; round < 2_000; round += 1) {
      expect(preparePassword(randomBytes(8).toString('base64url'))).toMatchObject({ ok: true });
    }
  });

  it('counts code points after NFKC, not bytes or units', () => {
    const nine = '🦊🌲🪐🎻🧂🛶🥁🪁🧵';
    expect(preparePassword(nine)).toEqual({ ok: false, reason: 'too_short' });
    expect(preparePassword('e\u0301o\u0301xyz234z')).toEqual({ ok: false, reason: 'too_short' });
    expect(preparePassword('ﬃxyz2347')).toEqual({ ok: true, password: 'ffixyz2347' });
  });

  it('accepts 128 code points and refuses 129 rather than cut one off', () => {
    const text = Array.from({ length: 129 }, (_, index) => String.fromCodePoint(0x1f300 + index)).join('');
    const longest = [...text].slice(0, 128).join('');
    expect(preparePassword(longest)).toEqual({ ok: true, password: longest });
    expect(preparePassword(text)).toEqual({ ok: false, reason: 'too_long' });
    expect(preparePassword('x'.repeat(10_000_000))).toEqual({ ok: false, reason: 'too_long' });
  });

  it('accepts 128 letters that each come as four code points', () => {
    const four = '\u03b1\u0313\u0300\u0345';
    const letters = `${four.repeat(127)}x`;
    expect(preparePassword(letters)).toMatchObject({ ok: true });
  });
});
