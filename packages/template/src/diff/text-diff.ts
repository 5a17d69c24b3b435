import { align } from './align.ts';
import { type Place, RunList } from './run-list.ts';
import type { Comparisons, Run } from './shortest-edit.ts';
import type { ChangeType, TextChange, TextRun } from './text-change.ts';
import { diffWords } from './word-diff.ts';
import type { LookUps } from './words-of.ts';

export interface TextDiff {
  /** Whether the two texts differ in any character; without a changed run, in line endings only. */
  changed: boolean;
  /** How many lines each text has. */
  oldLines: number;
  newLines: number;
  /** In order: together they are all lines of both sides, up to `stoppedAt`. */
  runs: TextRun[];
  /** The first lines that are not shown, or not to their ends, since the diff would be too long; else null. */
  stoppedAt: Place | null;
}

export interface TextDiffOptions {
  /** Unchanged lines that are shown on either side of a change; 3 unless given. */
  context?: number;
  /** Bytes that the runs may take as JSON; half a megabyte unless given. */
  maxBytes?: number;
}

/** Comparisons allowed for all lines, and again for all words: a few milliseconds. */
const COMPARISONS = 2_000_000;
/** Characters, but for texts of ASCII, whose words are found by Unicode's rules and dictionaries: some 20 milliseconds. */
const LOOK_UPS = 50_000;
/** Lines in a row, of both sides together, in which words are looked for: so many share too few of them to be found. */
const LINES_WITH_WORDS = 2_000;
const MAX_BYTES = 500_000;

/**
 * The differences between two texts, by line and, within changed lines, by word.
 *
 * - Lines end at `\n` or `\r\n`, and the ending is no part of a line: a text that comes back from Windows has the same
 *   lines. An empty text has no lines; a text that ends in a line ending has an empty last one.
 * - What is removed comes before what is added. The same input gives the same answer on every machine with the same Unicode
 *   data: work is bounded by counting, and what exceeds it is shown as removed and added whole.
 * - The answer is bounded: unchanged lines away from changes are only counted, and past `maxBytes` it says where it stopped.
 */
export function diffText(from: string, to: string, options: TextDiffOptions = {}): TextDiff {
  const { context = 3, maxBytes = MAX_BYTES } = options;
  const oldLines = linesOf(from);
  const newLines = linesOf(to);
  const list = new RunList(maxBytes);
  if (from === to) list.add(unchangedLines(newLines, { oldStart: 1, newStart: 1 }, newLines.length, NO_CONTEXT));
  else showLines(list, align(oldLines, newLines, { comparisons: COMPARISONS }), { oldLines, newLines, context });
  const { runs, stoppedAt } = list;
  return { changed: from !== to, oldLines: oldLines.length, newLines: newLines.length, runs, stoppedAt };
}

const NO_CONTEXT = { before: 0, after: 0 };

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  // Several times as fast as splitting by a pattern.
  return text.includes('\r\n') ? lines.map((line, at) => withoutReturn(line, at === lines.length - 1)) : lines;
}

const withoutReturn = (line: string, isLast: boolean): string =>
  !isLast && line.endsWith('\r') ? line.slice(0, -1) : line;

/** What is shown of the lines, in order, until `list` takes no more. */
function showLines(list: RunList, runs: readonly Run[], { oldLines, newLines, context }: Sides): void {
  const work = { comparisons: COMPARISONS, lookUps: LOOK_UPS };
  let oldStart = 1;
  let newStart = 1;
  for (let index = 0; index < runs.length && list.stoppedAt === null; index++) {
    const { type, count } = runs[index] as Run;
    const next = runs[index + 1];
    const at = { oldStart, newStart };
    if (type === 'same') {
      const shown = { before: index === 0 ? 0 : context, after: next === undefined ? 0 : context };
      for (const run of unchangedLines(newLines, at, count, shown)) list.add([run]);
    }
    const removed = type === 'removed' ? oldLines.slice(oldStart - 1, oldStart - 1 + count) : [];
    const addedCount = type === 'added' ? count : type === 'removed' && next?.type === 'added' ? next.count : 0;
    const added = newLines.slice(newStart - 1, newStart - 1 + addedCount);
    list.add(changedLines(at, removed, added, list.left, work));
    if (type !== 'added') oldStart += count;
    newStart += type === 'same' ? count : addedCount;
    if (type === 'removed' && addedCount > 0) index++;
  }
}

interface Sides {
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  readonly context: number;
}

/** A stretch of unchanged lines: those next to a change as they are, those between only counted. */
function unchangedLines(
  lines: readonly string[],
  at: { oldStart: number; newStart: number },
  count: number,
  { before, after }: { before: number; after: number },
): TextRun[] {
  const part = (skipped: number, length: number, isShown: boolean): TextRun[] => {
    if (length === 0) return [];
    const start = at.newStart + skipped;
    const text = lines.slice(start - 1, start - 1 + length).join('\n');
    const words = isShown ? whole('same', text) : null;
    return [{ type: 'same', oldStart: at.oldStart + skipped, newStart: start, count: length, words }];
  };
  if (count <= before + after) return part(0, count, true);
  return [
    ...part(0, before, true),
    ...part(before, count - before - after, false),
    ...part(count - after, after, true),
  ];
}

/** Removed lines, and the added ones that take their place; either may be none. Words are looked for if there is room. */
function changedLines(
  { oldStart, newStart }: { oldStart: number; newStart: number },
  removed: readonly string[],
  added: readonly string[],
  room: number,
  work: Comparisons & LookUps,
): TextRun[] {
  const oldText = removed.join('\n');
  const newText = added.join('\n');
  const isReplaced = removed.length > 0 && added.length > 0 && removed.length + added.length <= LINES_WITH_WORDS;
  const words =
    isReplaced && oldText.length + newText.length <= room
      ? diffWords(oldText, newText, work)
      : { removed: whole('removed', oldText), added: whole('added', newText) };
  const runs: TextRun[] = [
    { type: 'removed', oldStart, newStart, count: removed.length, words: words.removed },
    { type: 'added', oldStart: oldStart + removed.length, newStart, count: added.length, words: words.added },
  ];
  return runs.filter(({ count }) => count > 0);
}

const whole = (type: ChangeType, text: string): TextChange[] => (text === '' ? [] : [{ type, text }]);
