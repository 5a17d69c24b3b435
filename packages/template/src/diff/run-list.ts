import { jsonBytes, startWithin } from './json-bytes.ts';
import type { TextChange, TextRun } from './text-change.ts';

/** A line on either side, counted from 1. */
export interface Place {
  oldLine: number;
  newLine: number;
}

/** What names and numbers of a run, and of a piece, take as JSON. */
const RUN_BYTES = 120;
const PIECE_BYTES = 32;

/** Collects runs until their JSON would be too long; of the last ones as much as there is room for. */
export class RunList {
  readonly runs: TextRun[] = [];
  /** The first lines that have no room, or not to their ends. */
  stoppedAt: Place | null = null;
  left: number;

  constructor(maxBytes: number) {
    this.left = maxBytes;
  }

  /** Adds runs that belong together; where there is no room for all of them, each gets its part of it. */
  add(together: readonly TextRun[]): void {
    const [first] = together;
    if (first === undefined || this.stoppedAt !== null) return;
    const sizes = together.map(bytesOf);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    if (whole <= this.left) {
      this.left -= whole;
      this.runs.push(...together);
      return;
    }
    const stop: Place = { oldLine: first.oldStart, newLine: first.newStart };
    together.forEach((run, index) => {
      const size = sizes[index] ?? 0;
      const room = Math.max(this.left - (whole - size), this.left / together.length);
      const { shown, lines } = size <= room ? { shown: run, lines: run.count } : startOf(run, room);
      if (shown !== null) this.runs.push(shown);
      if (run.type !== 'added') stop.oldLine += lines;
      if (run.type !== 'removed') stop.newLine += lines;
    });
    this.left = 0;
    this.stoppedAt = stop;
  }
}

const bytesOf = ({ words }: TextRun): number =>
  (words ?? []).reduce((sum, { text }) => sum + PIECE_BYTES + jsonBytes(text), RUN_BYTES);

/** As many whole lines of a run as take so many bytes, or the start of its first line; `lines` counts the whole ones. */
function startOf(run: TextRun, maxBytes: number): { shown: TextRun | null; lines: number } {
  let left = maxBytes - RUN_BYTES;
  const words: TextChange[] = [];
  for (const { type, text } of run.words ?? []) {
    const start = startWithin(text, left - PIECE_BYTES);
    if (start !== '') words.push({ type, text: start });
    if (start.length < text.length) break;
    left -= PIECE_BYTES + jsonBytes(text);
    if (left <= 0) break;
  }
  if (words.length === 0) return { shown: null, lines: 0 };
  const lines = endAtLine(words);
  return { shown: { ...run, count: Math.max(1, lines), words: words.filter(({ text }) => text !== '') }, lines };
}

/** Cuts pieces off at their last line break. @returns how many lines are left; 0, and nothing cut, where there is none */
function endAtLine(words: TextChange[]): number {
  const breaks = words.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
  if (breaks === 0) return 0;
  for (let last = words.at(-1); last !== undefined; last = words.at(-1)) {
    const at = last.text.lastIndexOf('\n');
    if (at !== -1) {
      last.text = last.text.slice(0, at);
      return breaks;
    }
    words.pop();
  }
  return breaks;
}
