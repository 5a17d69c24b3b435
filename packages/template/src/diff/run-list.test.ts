import { describe, expect, it } from 'vitest';
import { RunList } from './run-list.ts';
import type { ChangeType, TextRun } from './text-change.ts';

/** A run without words takes 120 bytes; each piece takes 32 and its text. */
const RUN = 120;
const PIECE = 32;

const run = (type: ChangeType, start: number, ...texts: string[]): TextRun => {
  const text = texts.join('');
  const words = texts.length === 0 ? null : texts.map((piece) => ({ type, text: piece }));
  return { type, oldStart: start, newStart: start + 100, count: text.split('\n').length, words };
};

describe('a list of runs', () => {
  it('has room for runs to the byte, and counts what is left', () => {
    const list = new RunList(2 * RUN + PIECE + 4);
    list.add([run('same', 1)]);
    expect(list.left).toBe(RUN + PIECE + 4);
    list.add([run('removed', 2, 'é\n')]);
    expect([list.left, list.stoppedAt, list.runs]).toEqual([0, null, [run('same', 1), run('removed', 2, 'é\n')]]);
    const short = new RunList(2 * RUN + PIECE + 3);
    short.add([run('same', 1)]);
    short.add([run('removed', 2, 'é\n')]);
    expect([short.left, short.stoppedAt]).toEqual([0, { oldLine: 2, newLine: 102 }]);
  });

  it('takes nothing in from no runs, nor after it has stopped', () => {
    const list = new RunList(RUN + PIECE + 2);
    list.add([]);
    expect([list.runs, list.left, list.stoppedAt]).toEqual([[], RUN + PIECE + 2, null]);
    list.add([run('added', 5, 'one\ntwo')]);
    const stopped = { oldLine: 5, newLine: 105 };
    expect([list.stoppedAt, list.runs]).toEqual([stopped, [{ ...run('added', 5, 'on'), count: 1 }]]);
    list.add([run('same', 6)]);
    expect([list.runs.length, list.stoppedAt]).toEqual([1, stopped]);
  });

  it('shows the whole lines of a run that there is room for, and stops at the first of the others, on its side', () => {
    for (const [type, stopped] of [
      ['removed', { oldLine: 3, newLine: 101 }],
      ['added', { oldLine: 1, newLine: 103 }],
      ['same', { oldLine: 3, newLine: 103 }],
    ] as const) {
      const list = new RunList(RUN + 3 * PIECE + 12);
      list.add([run(type, 1, 'one\n', 'two\nth', 'ree\nfour')]);
      expect([list.stoppedAt, list.runs]).toEqual([stopped, [run(type, 1, 'one\n', 'two')]]);
    }
  });

  it('leaves out the pieces after its last line break, and those that this leaves empty', () => {
    const list = new RunList(RUN + 4 * PIECE + 6);
    list.add([run('added', 1, 'one', '\n', 'two', 'x'.repeat(99))]);
    expect([list.stoppedAt, list.runs]).toEqual([{ oldLine: 1, newLine: 102 }, [run('added', 1, 'one')]]);
  });

  it('shows none of a run of which not a letter has room', () => {
    for (const bytes of [0, RUN + PIECE]) {
      const list = new RunList(bytes);
      list.add([run('removed', 4, 'one')]);
      expect([list.runs, list.stoppedAt, list.left]).toEqual([[], { oldLine: 4, newLine: 104 }, 0]);
    }
    const list = new RunList(RUN + PIECE + 1);
    list.add([run('removed', 4, 'one')]);
    expect([list.runs, list.stoppedAt]).toEqual([[run('removed', 4, 'o')], { oldLine: 4, newLine: 104 }]);
  });

  it('shares its room among runs that belong together: what one does not need, the other has', () => {
    const long = 'line\n'.repeat(40);
    const both = [run('removed', 1, long), run('added', 1, 'new')];
    const list = new RunList(2 * (RUN + PIECE) + 60);
    list.add(both);
    const shown = list.runs.map(({ type, count }) => [type, count]);
    expect(shown).toEqual([
      ['removed', 9],
      ['added', 1],
    ]);
    expect(list.stoppedAt).toEqual({ oldLine: 10, newLine: 102 });
    const half = new RunList(2 * (RUN + PIECE) + 60);
    half.add([run('removed', 1, long), run('added', 1, long)]);
    expect(half.runs.map(({ count }) => count)).toEqual([5, 5]);
    expect(half.stoppedAt).toEqual({ oldLine: 6, newLine: 106 });
  });
});
