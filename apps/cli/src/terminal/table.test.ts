import { expect, it } from 'vitest';
import { table } from './table.ts';

it('has columns as wide as their widest cell on a terminal, two spaces apart, and no spaces at the end of a line', () => {
  expect(
    table([
      ['support/triage', '#12', 'Triage'],
      ['a', '#1', 'Two\nlines'],
      ['日本', '', ''],
      ['b', '#3'],
    ]),
  ).toBe('support/triage  #12  Triage\na               #1   Two lines\n日本\nb               #3');
  expect(table([])).toBe('');
  expect(table([['\u001b[2J']])).not.toContain('\u001b');
});
