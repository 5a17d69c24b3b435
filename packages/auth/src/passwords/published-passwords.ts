import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * 112,130 passwords of ten characters and more among the million used most: one a line, folded, ordered by code unit, in
 * gzip. From SecLists' 10-million-password-list-top-1000000 (MIT License, © 2018 Daniel Miessler), made by
 * scripts/published-passwords.ts.
 */
const FILE = new URL('../../data/published-passwords.txt.gz', import.meta.url);

// Read once, when the process starts: 10 ms. One text of ASCII takes 1.4 MB, a set of the same passwords 6 MB.
const lines = gunzipSync(readFileSync(FILE)).toString('latin1');

/** Whether a password in NFKC and lower case stands in the published list: a binary search of 17 steps. */
export function isPublishedPassword(folded: string): boolean {
  // Both always stand where a line begins, or at the end of the text.
  let [low, high] = [0, lines.length + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // A line break belongs to the line that it ends.
    const start = middle === 0 ? 0 : lines.lastIndexOf('\n', middle - 1) + 1;
    const next = lines.indexOf('\n', middle);
    const end = next === -1 ? lines.length : next;
    const line = lines.slice(start, end);
    if (line === folded) return true;
    if (line < folded) low = end + 1;
    else high = start;
  }
  return false;
}
