import { formatExamples } from '../check/formats.ts';
import { numberOf, own } from '../check/schema-document.ts';
import type { Atom } from './branches.ts';
import { listedValues } from './literal.ts';
import type { Candidates } from './numbers.ts';

const MAX_BUILT = 4096;
const LETTERS = ['a', 'A', '0', ' ', 'é', '-', '_', 'x', 'b', 'ab', '1a', '漢'];

/** Texts among which most often is one that all atoms hold for, where there is one. */
export function textCandidates(atoms: readonly Atom[]): Candidates {
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  const wanted = new Set<string>();
  const unwanted = new Set<string>();
  let excluded = 0;
  for (const { node, positive } of atoms) {
    const shortest = numberOf(node, 'minLength');
    const longest = numberOf(node, 'maxLength');
    const from = positive ? shortest : longest === undefined ? undefined : longest + 1;
    const to = positive ? longest : shortest === undefined ? undefined : shortest - 1;
    least = Math.max(least, from ?? least);
    most = Math.min(most, to ?? most);
    for (const keyword of ['pattern', 'format']) {
      const text = own(node, keyword);
      if (typeof text === 'string') (positive ? wanted : unwanted).add(`${keyword} ${text}`);
    }
    if (!positive) excluded += listedValues(node)?.length ?? 0;
  }
  if (least > most || [...wanted].some((text) => unwanted.has(text))) return { values: [], all: true };
  if (most === 0) return { values: [''], all: true };
  const values = new Set<string>();
  for (const text of [...wanted, ...unwanted]) for (const guess of guesses(text)) values.add(guess);
  if (least <= MAX_BUILT) {
    for (const length of [Math.max(least, 1), least + 1, least + 3]) {
      for (const letter of LETTERS) values.add(letter.repeat(length).slice(0, length));
    }
    for (let index = 0; index <= excluded; index++) {
      values.add('a'.repeat(Math.max(least, 1) - 1) + String.fromCodePoint(0x4e00 + index));
    }
  }
  for (const example of formatExamples) values.add(example);
  if (least === 0) values.add('');
  return { values: [...values], all: false };
}

/** Texts that a plain pattern may match: what is left of it without its signs. */
function guesses(wanted: string): string[] {
  if (!wanted.startsWith('pattern ')) return [];
  const plain = wanted
    .slice('pattern '.length)
    .replace(/[\^$()?*+|]/g, '')
    .replace(/\\d/g, '1')
    .replace(/\\w/g, 'a');
  const classes = plain.replace(/\[\\?([^[\]\\])[^[\]]*\]/g, '$1').replace(/\{\d{0,4},?\d{0,4}\}/g, '');
  return [plain, classes, `a${classes}`, `${classes}a`, `${classes}${classes}`];
}
