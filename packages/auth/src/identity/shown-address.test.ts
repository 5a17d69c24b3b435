import { describe, expect, it } from 'vitest';
import { normalizeEmailAddress } from './email-address.ts';
import { shownAddress } from './shown-address.ts';

const stored = (typed: string): string => normalizeEmailAddress(typed) ?? '';

describe('an address', () => {
  it.each([
    'ada@example.com',
    'ada@münchen.de',
    'ada@straße.example',
    'ada@cà-phê.việt.example',
    'ada@例子.测试',
    'ada@例え.jp',
    'ada@도메인.kr',
    'ada@пример.рф',
    'ada@παράδειγμα.ελ',
    'ada@ตัวอย่าง.ไทย',
    'ada@उदाहरण.भारत',
  ])('is shown as people write it, and is the same typed so: %s', (typed) => {
    expect(shownAddress(stored(typed))).toBe(typed);
    expect(stored(shownAddress(stored(typed)))).toBe(stored(typed));
  });

  it.each([
    ['Cyrillic letters that look Latin', 'ada@аррӏе.com'],
    ['Cyrillic beside Latin', 'ada@pаypal.com'],
    ['Greek beside Latin', 'ada@gοοgle.com'],
    ['Greek under a Latin end', 'ada@ομο.com'],
    ['a Latin letter that looks like another', 'ada@ɡoogle.com'],
    ['a dotless i', 'ada@mıcrosoft.com'],
    ['Katakana beside Latin', 'ada@exampleノ.com'],
    ['Cherokee', 'ada@ᏢᎪᎩᏢᎪᏞ.com'],
  ])('stays as it is stored where it could be taken for another: %s', (_, typed) => {
    expect(stored(typed)).toContain('xn--');
    expect(shownAddress(stored(typed))).toBe(stored(typed));
  });

  it('stays as it is stored where what is shown would not be read as that domain', () => {
    expect(shownAddress('ada@xn--x.xn--nxa')).toBe('ada@xn--x.xn--nxa');
  });

  it('shows what is plain of a domain, and no more', () => {
    expect(shownAddress(stored('ada@münchen.pаypal.com'))).toBe('ada@münchen.xn--pypal-4ve.com');
    // Letters of both alphabets are no less mixed where the domain ends in one of them.
    expect(shownAddress(stored('ada@pаypal.рф'))).toBe('ada@xn--pypal-4ve.рф');
  });

  it('of punycode that says nothing stays as it is', () => {
    for (const address of ['a@xn--0.example', 'a@xn--.example', 'a@xn--a-.example'])
      expect(shownAddress(address)).toBe(address);
  });
});
