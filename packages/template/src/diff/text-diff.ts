import { align, type Run, type Work } from './align.ts';

export type ChangeType = 'same' | 'added' | 'removed';

/** A piece of text that both sides have, or only one of them. */
export interface TextChange {
  type: ChangeType;
  text: string;
}

/** One line without its ending. Numbers count from 1; null on the side that has no such line. */
export interface LineChange {
  type: ChangeType;
  text: string;
  oldLine: number | null;
  newLine: number | null;
}

export interface TextDiff {
  /** Whether the two texts differ in any character, line endings included. */
  changed: boolean;
  lines: LineChange[];
  words: TextChange[];
}

interface Line {
  text: string;
  /** `\n`, `\r\n`, or nothing after the last line. */
  ending: string;
}

/** Comparisons allowed for all lines, and again for all words: well under a second. */
const WORK = 2_000_000;

/** By Unicode's rules for words, with dictionaries for scripts that write no spaces (Chinese, Japanese, Thai). */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * The differences between two texts, by line and by word.
 *
 * - Lines end at `\n` or `\r\n`, and the ending is no part of a line: a text that comes back from Windows has the same
 *   lines. An empty text has no lines; a text that ends in a line ending has an empty last one.
 * - Words are exact: the texts of same and removed, joined, are `from`; those of same and added are `to`.
 * - In both, what is removed comes before what is added. The same input gives the same answer on every machine with the
 *   same Unicode data: work is bounded by counting, and what exceeds it is shown as removed and added whole.
 */
export function diffText(from: string, to: string): TextDiff {
  const oldLines = linesOf(from);
  const newLines = linesOf(to);
  const runs = align(oldLines.map(textOf), newLines.map(textOf), { left: WORK });
  return {
    changed: from !== to,
    lines: numberedLines(runs, oldLines, newLines),
    words: wordsWithin(runs, oldLines, newLines),
  };
}

function linesOf(text: string): Line[] {
  if (text === '') return [];
  const lines: Line[] = [];
  let start = 0;
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', start)) {
    const end = feed > start && text[feed - 1] === '\r' ? feed - 1 : feed;
    lines.push({ text: text.slice(start, end), ending: text.slice(end, feed + 1) });
    start = feed + 1;
  }
  lines.push({ text: text.slice(start), ending: '' });
  return lines;
}

function textOf(line: Line): string {
  return line.text;
}

function numberedLines(runs: Run[], oldLines: Line[], newLines: Line[]): LineChange[] {
  const lines: LineChange[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const { type, count } of runs) {
    for (let line = 0; line < count; line++) {
      const text = (type === 'added' ? newLines[newLine] : oldLines[oldLine])?.text ?? '';
      lines.push({
        type,
        text,
        oldLine: type === 'added' ? null : ++oldLine,
        newLine: type === 'removed' ? null : ++newLine,
      });
    }
  }
  return lines;
}

/** Words are looked for only in changed lines: cheaper, and no word is matched across the whole text by chance. */
function wordsWithin(runs: Run[], oldLines: Line[], newLines: Line[]): TextChange[] {
  const changes = new Changes();
  const work: Work = { left: WORK };
  let oldLine = 0;
  let newLine = 0;
  let removed = '';
  let added = '';
  for (const { type, count } of runs) {
    if (type === 'removed') removed = exactly(oldLines.slice(oldLine, oldLine + count));
    if (type === 'added') added = exactly(newLines.slice(newLine, newLine + count));
    if (type === 'same') {
      diffWords(removed, added, work, changes);
      removed = '';
      added = '';
      for (let line = 0; line < count; line++) sameLine(oldLines[oldLine + line], newLines[newLine + line], changes);
    }
    if (type !== 'added') oldLine += count;
    if (type !== 'removed') newLine += count;
  }
  diffWords(removed, added, work, changes);
  return changes.list();
}

function exactly(lines: Line[]): string {
  return lines.map((line) => line.text + line.ending).join('');
}

function sameLine(oldLine: Line | undefined, newLine: Line | undefined, changes: Changes): void {
  changes.add('same', newLine?.text ?? '');
  if (oldLine?.ending === newLine?.ending) changes.add('same', newLine?.ending ?? '');
  else {
    changes.add('removed', oldLine?.ending ?? '');
    changes.add('added', newLine?.ending ?? '');
  }
}

function diffWords(from: string, to: string, work: Work, changes: Changes): void {
  const oldWords = Array.from(segmenter.segment(from), ({ segment }) => segment);
  const newWords = Array.from(segmenter.segment(to), ({ segment }) => segment);
  const runs = align(oldWords, newWords, work);
  let oldWord = 0;
  let newWord = 0;
  runs.forEach(({ type, count }, index) => {
    const text = (
      type === 'added' ? newWords.slice(newWord, newWord + count) : oldWords.slice(oldWord, oldWord + count)
    ).join('');
    if (type !== 'added') oldWord += count;
    if (type !== 'removed') newWord += count;
    // A lone space between two changes ties nothing together: "a b" → "c d" is one change.
    if (type === 'same' && index > 0 && index < runs.length - 1 && /^[ \t]+$/.test(text)) {
      changes.add('removed', text);
      changes.add('added', text);
    } else changes.add(type, text);
  });
}

/** Collects pieces; between two that are the same, everything removed comes first, then everything added. */
class Changes {
  readonly #list: TextChange[] = [];
  readonly #pieces: Record<ChangeType, string[]> = { same: [], removed: [], added: [] };

  add(type: ChangeType, text: string): void {
    if (text === '') return;
    if (type === 'same') this.#flush('removed', 'added');
    else this.#flush('same');
    this.#pieces[type].push(text);
  }

  list(): TextChange[] {
    this.#flush('same', 'removed', 'added');
    return this.#list;
  }

  #flush(...types: ChangeType[]): void {
    for (const type of types) {
      if (this.#pieces[type].length === 0) continue;
      this.#list.push({ type, text: this.#pieces[type].join('') });
      this.#pieces[type] = [];
    }
  }
}
