import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { foldPublishedList, readPublishedList } from '../scripts/published-passwords.ts';
import { preparePassword } from '../src/passwords/prepare-password.ts';
import { isPublishedPassword } from '../src/passwords/published-passwords.ts';

const published = await readPublishedList();
const folded = foldPublishedList(published);

it('refuses every password of ten characters and more among the million most used', () => {
  const long = published.filter((password) => [...password.normalize('NFKC')].length >= 10);
  const accepted = long.filter((password) => preparePassword(password).ok);
  expect(long.length).toBeGreaterThan(110_000);
  expect(accepted).toEqual([]);
});

it('finds what the list holds, and nothing beside it', () => {
  const listed = new Set(folded);
  // Each twentieth: all would take seconds.
  for (const password of [...listed].filter((_, index) => index % 20 === 0)) {
    for (const text of [password, `${password}x`, password.slice(1), password.slice(0, -1)]) {
      if (isPublishedPassword(text) !== listed.has(text)) expect.fail(text);
    }
  }
  for (const text of ['', '\n', 'ÿ', '~'.repeat(128)]) expect(isPublishedPassword(text)).toBe(false);
});

it('has in its file what the list of the package makes', async () => {
  const file = await readFile(new URL('../data/published-passwords.txt.gz', import.meta.url));
  expect(gunzipSync(file).toString() === folded.join('\n')).toBe(true);
});

it('takes well under 20 ms of the processor for the longest password, whatever it is made of', () => {
  for (const unit of ['x', 'qwe', 'password', 'йцу', '1234567890', '!1', '密']) {
    const longest = unit.repeat(128).slice(0, 128);
    const times = Array.from({ length: 5 }, () => {
      const before = process.threadCpuUsage();
      preparePassword(longest);
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1_000;
    });
    expect(Math.min(...times), unit).toBeLessThan(20);
  }
});
