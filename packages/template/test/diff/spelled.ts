import type { TextRun } from '../../src/diff/text-change.ts';

/** A side as its lines, line endings aside. */
export const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/\r?\n/));

export const textOf = ({ words }: TextRun): string => (words ?? []).map(({ text: piece }) => piece).join('');

const side = { old: 'added', new: 'removed' } as const;

/**
 * A side as the runs spell it. What they only count is taken from the side itself, at the place that they name, so that
 * wrong numbers spoil the result.
 */
export function spelled(runs: readonly TextRun[], which: 'old' | 'new', lines: readonly string[]): string[] {
  return runs
    .filter(({ type }) => type !== side[which])
    .flatMap((run) => {
      const start = (which === 'old' ? run.oldStart : run.newStart) - 1;
      return run.words === null ? lines.slice(start, start + run.count) : textOf(run).split('\n');
    });
}
