import { Slug } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { slugFromTitle } from './prompt-slugs.ts';

it.each([
  ['Linux Terminal', 'linux-terminal'],
  ['  Ökonomie & Straße — Ærø! ', 'okonomie-strasse-aero'],
  ["Don't “panic”", 'dont-panic'],
  ['prompt 生成', 'prompt'],
  ['Ⅳ ﬁne', 'iv-fine'],
  ['___', expect.stringMatching(/^prompt-[0-9a-f]{8}$/)],
  ['论文降重指南', expect.stringMatching(/^prompt-[0-9a-f]{8}$/)],
])('makes a slug of %j', (title, slug) => {
  expect(slugFromTitle(title)).toEqual(slug);
});

it('makes a valid slug of any title, the same for the same one', () => {
  for (const title of ['a'.repeat(200), `${'a'.repeat(149)} b`, '🙂', 'İstanbul', '-', '\u{1F1E9}\u{1F1EA} x/y_z']) {
    expect(Slug.safeParse(slugFromTitle(title)).success, title).toBe(true);
    expect(slugFromTitle(title)).toBe(slugFromTitle(title));
  }
  expect(slugFromTitle('论文')).not.toBe(slugFromTitle('指南'));
});
