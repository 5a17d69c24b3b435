import { align } from './align.ts';
import type { Comparisons } from './shortest-edit.ts';
import type { TextChange } from './text-change.ts';
import { type LookUps, wordsOf } from './words-of.ts';

/** Two texts in pieces: each side's are `same`, or its own type, and joined they are its text. */
export interface WordDiff {
  removed: TextChange[];
  added: TextChange[];
}

/** Which words differ between two texts. What exceeds the comparisons of `work` counts as different altogether. */
export function diffWords(from: string, to: string, work: Comparisons & LookUps): WordDiff {
  const oldWords = wordsOf(from, work);
  const newWords = wordsOf(to, work);
  const removed: TextChange[] = [];
  const added: TextChange[] = [];
  let oldWord = 0;
  let newWord = 0;
  let oldAt = 0;
  let newAt = 0;
  const runs = align(oldWords, newWords, work);
  runs.forEach(({ type, count }, index) => {
    const oldEnd = type === 'added' ? oldAt : oldAt + lengthOf(oldWords, oldWord, count);
    const newEnd = type === 'removed' ? newAt : newAt + lengthOf(newWords, newWord, count);
    const text = type === 'added' ? to.slice(newAt, newEnd) : from.slice(oldAt, oldEnd);
    if (type !== 'added') oldWord += count;
    if (type !== 'removed') newWord += count;
    oldAt = oldEnd;
    newAt = newEnd;
    // A lone space between two changes ties nothing together: "a b" → "c d" is one change.
    const isSame = type === 'same' && !(index > 0 && index < runs.length - 1 && /^[ \t]+$/.test(text));
    if (type !== 'added') append(removed, isSame ? 'same' : 'removed', text);
    if (type !== 'removed') append(added, isSame ? 'same' : 'added', text);
  });
  return { removed, added };
}

function lengthOf(words: readonly string[], start: number, count: number): number {
  let length = 0;
  for (let at = start; at < start + count; at++) length += (words[at] as string).length;
  return length;
}

function append(pieces: TextChange[], type: TextChange['type'], text: string): void {
  const last = pieces.at(-1);
  if (last?.type === type) last.text += text;
  else if (text !== '') pieces.push({ type, text });
}
