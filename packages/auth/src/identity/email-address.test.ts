import { describe, expect, it } from 'vitest';
import { normalizeEmailAddress } from './email-address.ts';

const local64 = 'l'.repeat(64);
const label63 = 'd'.repeat(63);
/** 64 + 1 + 189 = 254 bytes. */
const longest = `${local64}@${label63}.${label63}.${'e'.repeat(58)}.ab`;

const kept: [typed: string, address: string][] = [
  ['ada@example.com', 'ada@example.com'],
  ['  Ada@Example.COM \n', 'ada@example.com'],
  ['ada+prompts@example.com', 'ada+prompts@example.com'],
  ['a.d.a@example.com', 'a.d.a@example.com'],
  ['a@b.co', 'a@b.co'],
  ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"],
  ['ada@localhost', 'ada@localhost'],
  ['ada@mail.sub.example.com', 'ada@mail.sub.example.com'],
  ['ada@münchen.de', 'ada@xn--mnchen-3ya.de'],
  ['ada@MÜNCHEN.de', 'ada@xn--mnchen-3ya.de'],
  ['ada@mu\u0308nchen.de', 'ada@xn--mnchen-3ya.de'],
  ['ada@xn--mnchen-3ya.de', 'ada@xn--mnchen-3ya.de'],
  ['ada@例子.测试', 'ada@xn--fsqu00a.xn--0zwm56d'],
  ['ada@例子。测试', 'ada@xn--fsqu00a.xn--0zwm56d'],
  ['ada@example｡com', 'ada@example.com'],
  ['ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
  ['ﬁona@example.com', 'fiona@example.com'],
  ['jose\u0301@example.com', 'josé@example.com'],
  ['JOSÉ@example.com', 'josé@example.com'],
  ['İ@example.com', 'i̇@example.com'],
  ['用户@example.com', '用户@example.com'],
  ['1@1and1.com', '1@1and1.com'],
  [longest, longest],
];

const refused: [why: string, typed: string][] = [
  ['nothing', ''],
  ['blanks', '   '],
  ['no @', 'ada.example.com'],
  ['two @', 'ada@home@example.com'],
  ['two @, one of them wide', 'ada＠home@example.com'],
  ['a quoted local part', '"ada@home"@example.com'],
  ['an empty local part', '@example.com'],
  ['an empty domain', 'ada@'],
  ['a domain without a dot', 'ada@example'],
  ['an IPv4 domain', 'ada@127.0.0.1'],
  ['an IPv4 domain in hex', 'ada@0x7f.1'],
  ['an IP literal', 'ada@[127.0.0.1]'],
  ['a percent escape in the domain', 'ada@ex%61mple.com'],
  ['a port', 'ada@example.com:25'],
  ['a path', 'ada@example.com/x'],
  ['a leading dot', '.ada@example.com'],
  ['a trailing dot', 'ada.@example.com'],
  ['two dots', 'a..da@example.com'],
  ['two dots in the domain', 'ada@example..com'],
  ['a dot at the end', 'ada@example.com.'],
  ['an ideographic full stop at the end', 'ada@example.com。'],
  ['an ideographic full stop before the @', 'ada。@example.com'],
  ['a leading hyphen', 'ada@-example.com'],
  ['a trailing hyphen', 'ada@example-.com'],
  ['an underscore in the domain', 'ada@exa_mple.com'],
  ['a blank inside', 'a da@example.com'],
  ['a no-break space inside', 'a\u00a0da@example.com'],
  ['a display name', 'Ada <ada@example.com>'],
  ['two addresses', 'ada@example.com,bob@example.com'],
  ['a second line', 'ada@example.com\r\nBcc: all@example.com'],
  ['a line feed inside', 'a\nda@example.com'],
  ['NUL', 'ada\0@example.com'],
  ['DEL', 'ada\u007f@example.com'],
  ['a C1 control', 'ada\u0085x@example.com'],
  ['a zero-width space', 'a\u200bda@example.com'],
  ['a zero-width joiner', 'a\u200dda@example.com'],
  ['a byte order mark in front', '\ufeffada@example.com'],
  ['a soft hyphen', 'a\u00adda@example.com'],
  ['a word joiner in the domain', 'ada@exa\u2060mple.com'],
  ['a right-to-left override', 'ada\u202e@example.com'],
  ['a bidi isolate', 'ada\u2066@example.com'],
  ['a right-to-left mark at the end', 'ada@example.com\u200f'],
  ['a variation selector', 'a\ufe0fda@example.com'],
  ['a Hangul filler', 'ada\u3164@example.com'],
  ['a lone surrogate', 'ada\ud800@example.com'],
  ['a private use character', 'ada\ue000@example.com'],
  ['an emoji', '😀@example.com'],
  ['a local part of 65', `${local64}l@example.com`],
  ['a local part of 66 bytes', `${'é'.repeat(33)}@example.com`],
  ['a label of 64', `ada@${label63}d.com`],
  ['255 in all', longest.replace('.ab', '.abc')],
  ['a megabyte', `${'a'.repeat(1_000_000)}@example.com`],
];

describe('normalizeEmailAddress', () => {
  it.each(kept)('keeps %j as %j', (typed, address) => {
    expect(normalizeEmailAddress(typed)).toBe(address);
  });

  it.each(refused)('refuses %s', (_why, typed) => {
    expect(normalizeEmailAddress(typed)).toBeNull();
  });

  it('leaves its own answer as it is', () => {
    for (const [, address] of kept) expect(normalizeEmailAddress(address)).toBe(address);
  });

  it('leaves nothing to lower-case or to compose in any answer about a single letter', () => {
    const answers = Array.from({ length: 0x1_0000 }, (_, codePoint) =>
      normalizeEmailAddress(`a${String.fromCodePoint(codePoint)}b@example.com`),
    ).filter((address) => address !== null);
    expect(answers.length).toBeGreaterThan(30_000);
    expect(answers.filter((address) => normalizeEmailAddress(address) !== address)).toEqual([]);
    expect(answers.filter((address) => /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(address))).toEqual([]);
  });
});
