import { align, type Work } from './align.ts';
import type { TextChange } from './text-change.ts';

/** By Unicode's rules for words, with dictionaries for scripts that write no spaces (Chinese, Japanese, Thai). */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Two texts in pieces: each side's are `same`, or its own type, and joined they are its text. */
export interface WordDiff {
  removed: TextChange[];
  added: TextChange[];
}

/** Which words differ between two texts. What exceeds `work` counts as different altogether. */
export function diffWords(from: string, to: string, work: Work): WordDiff {
  const oldWords = wordsOf(from);
  const newWords = wordsOf(to);
  const removed: TextChange[] = [];
  const added: TextChange[] = [];
  let oldWord = 0;
  let newWord = 0;
  const runs = align(oldWords, newWords, work);
  runs.forEach(({ type, count }, index) => {
    const text = (
      type === 'added' ? newWords.slice(newWord, newWord + count) : oldWords.slice(oldWord, oldWord + count)
    ).join('');
    if (type !== 'added') oldWord += count;
    if (type !== 'removed') newWord += count;
    // A lone space between two changes ties nothing together: "a b" → "c d" is one change.
    const isSame = type === 'same' && !(index > 0 && index < runs.length - 1 && /^[ \t]+$/.test(text));
    if (type !== 'added') append(removed, isSame ? 'same' : 'removed', text);
    if (type !== 'removed') append(added, isSame ? 'same' : 'added', text);
  });
  return { removed, added };
}

const wordsOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);

function append(pieces: TextChange[], type: TextChange['type'], text: string): void {
  const last = pieces.at(-1);
  if (last?.type === type) last.text += text;
  else if (text !== '') pieces.push({ type, text });
}
