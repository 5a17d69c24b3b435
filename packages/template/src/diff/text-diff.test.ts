import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, spelled, textOf } from '../../test/diff/spelled.ts';
import type { TextChange, TextRun } from './text-change.ts';
import { diffText } from './text-diff.ts';

const isSame = ({ type }: TextChange): boolean => type === 'same';

const piece = fc.constantFrom(
  'a',
  'b',
  'the',
  ' ',
  '\t',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '.',
  '{{ name }}',
  '中',
  '文',
  '翻译',
  '👩‍💻',
  '\ud800',
);
const text = fc.oneof(fc.string({ unit: piece, maxLength: 60 }), fc.string({ unit: 'binary' }));
const pair = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(text, text, text, text)
    .map(([start, before, after, end]): [string, string] => [start + before + end, start + after + end]),
);

describe('diffText', () => {
  it('gives back the lines of both texts, whatever the context', () => {
    fc.assert(
      fc.property(pair, fc.nat({ max: 4 }), ([from, to], context) => {
        const { runs, stoppedAt } = diffText(from, to, { context });
        expect(stoppedAt).toBeNull();
        expect(spelled(runs, 'old', linesOf(from))).toEqual(linesOf(from));
        expect(spelled(runs, 'new', linesOf(to))).toEqual(linesOf(to));
      }),
      { numRuns: 300 },
    );
  });

  it('numbers the lines of each side from 1 without a gap, and counts them', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { runs, oldLines, newLines } = diffText(from, to);
        expect([oldLines, newLines]).toEqual([linesOf(from).length, linesOf(to).length]);
        let [oldLine, newLine] = [1, 1];
        for (const run of runs) {
          expect([run.oldStart, run.newStart]).toEqual([oldLine, newLine]);
          if (run.words !== null) expect(textOf(run).split('\n')).toHaveLength(run.count);
          if (run.type !== 'added') oldLine += run.count;
          if (run.type !== 'removed') newLine += run.count;
        }
        expect([oldLine, newLine]).toEqual([oldLines + 1, newLines + 1]);
      }),
    );
  });

  it('finds the same unchanged words on both sides of a replacement, in the same order', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { runs } = diffText(from, to);
        const same = ({ words }: TextRun): string =>
          (words ?? [])
            .filter(isSame)
            .map(({ text: piece }) => piece)
            .join('');
        runs.forEach((run, index) => {
          const next = runs[index + 1];
          if (run.type === 'removed') expect(same(run)).toBe(next?.type === 'added' ? same(next) : '');
        });
      }),
    );
  });

  it('says changed exactly when the texts differ; without a changed run, in their line endings', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const { changed, runs } = diffText(from, to);
        expect(changed).toBe(from !== to);
        const isSeen = runs.some(({ type }) => type !== 'same');
        expect(isSeen).toBe(from.replaceAll('\r\n', '\n') !== to.replaceAll('\r\n', '\n'));
      }),
    );
  });

  it('never puts an empty piece, or two of one type, next to each other', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        for (const { type, words } of diffText(from, to).runs) {
          for (const [index, piece] of (words ?? []).entries()) {
            expect(piece.text).not.toBe('');
            expect(['same', type]).toContain(piece.type);
            expect(words?.[index + 1]?.type).not.toBe(piece.type);
          }
        }
      }),
    );
  });

  it('takes no more bytes than it may, and says at which lines it stopped', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: 150, max: 1_500 }), ([from, to], maxBytes) => {
        const { runs, stoppedAt } = diffText(from, to, { maxBytes });
        expect(new TextEncoder().encode(JSON.stringify(runs)).length).toBeLessThanOrEqual(maxBytes);
        const stop = stoppedAt ?? { oldLine: Number.MAX_SAFE_INTEGER, newLine: Number.MAX_SAFE_INTEGER };
        const shownOld = linesOf(from).slice(0, stop.oldLine - 1);
        const shownNew = linesOf(to).slice(0, stop.newLine - 1);
        // Of the very line that it stopped at there may be a start.
        const [old, now] = [spelled(runs, 'old', linesOf(from)), spelled(runs, 'new', linesOf(to))];
        expect(old.slice(0, shownOld.length)).toEqual(shownOld);
        expect(now.slice(0, shownNew.length)).toEqual(shownNew);
        expect(old.length - shownOld.length + now.length - shownNew.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  it('has nothing to say of two empty texts, and no lines for an empty one', () => {
    expect(diffText('', '')).toEqual({ changed: false, oldLines: 0, newLines: 0, runs: [], stoppedAt: null });
    expect(diffText('', 'new')).toEqual({
      changed: true,
      oldLines: 0,
      newLines: 1,
      runs: [{ type: 'added', oldStart: 1, newStart: 1, count: 1, words: [{ type: 'added', text: 'new' }] }],
      stoppedAt: null,
    });
  });

  it('shows an edited word in its line, and some lines around it; the others it counts', () => {
    const lines = Array.from({ length: 100 }, (_, line) => `Rule ${line + 1}.`);
    const from = lines.join('\n');
    const { runs } = diffText(from, lines.with(49, 'Rule 50 holds.').join('\n'), { context: 1 });
    expect(runs).toEqual([
      { type: 'same', oldStart: 1, newStart: 1, count: 48, words: null },
      { type: 'same', oldStart: 49, newStart: 49, count: 1, words: [{ type: 'same', text: 'Rule 49.' }] },
      {
        type: 'removed',
        oldStart: 50,
        newStart: 50,
        count: 1,
        words: [{ type: 'same', text: 'Rule 50.' }],
      },
      {
        type: 'added',
        oldStart: 51,
        newStart: 50,
        count: 1,
        words: [
          { type: 'same', text: 'Rule 50' },
          { type: 'added', text: ' holds' },
          { type: 'same', text: '.' },
        ],
      },
      { type: 'same', oldStart: 51, newStart: 51, count: 1, words: [{ type: 'same', text: 'Rule 51.' }] },
      { type: 'same', oldStart: 52, newStart: 52, count: 49, words: null },
    ]);
  });

  it('counts the lines of a text that did not change, and of one whose line endings became CRLF', () => {
    const run = { type: 'same', oldStart: 1, newStart: 1, count: 3, words: null };
    expect(diffText('one\ntwo\n', 'one\ntwo\n')).toMatchObject({ changed: false, runs: [run] });
    expect(diffText('one\ntwo\n', 'one\r\ntwo\r\n')).toMatchObject({ changed: true, runs: [run] });
  });

  it('finds the changed word in Chinese, where no spaces stand', () => {
    const [removed, added] = diffText('请把以下内容翻译成英文。', '请把以下内容翻译成中文。').runs;
    expect(removed?.words).toEqual([
      { type: 'same', text: '请把以下内容翻译成' },
      { type: 'removed', text: '英文' },
      { type: 'same', text: '。' },
    ]);
    expect(added?.words?.filter(({ type }) => type !== 'same')).toEqual([{ type: 'added', text: '中文' }]);
  });

  it('takes words on both sides of a lone space as one change', () => {
    const [removed, added] = diffText('the quick fox ran', 'the slow dog ran').runs;
    expect(removed?.words).toContainEqual({ type: 'removed', text: 'quick fox' });
    expect(added?.words).toContainEqual({ type: 'added', text: 'slow dog' });
  });

  it('shows what lies between the common first and last lines as replaced, when too many lines differ', () => {
    const lines = (name: string): string =>
      ['first', ...Array.from({ length: 2_000 }, (_, line) => `${name} ${line}`), 'last'].join('\n');
    const { runs } = diffText(lines('old'), lines('new'));
    expect(runs.map(({ type, count }) => [type, count])).toEqual([
      ['same', 1],
      ['removed', 2_000],
      ['added', 2_000],
      ['same', 1],
    ]);
  });

  it('shows the start of a line that is too long, and of what is replaced both sides', () => {
    const { runs, stoppedAt } = diffText('a'.repeat(10_000), `${'b'.repeat(10_000)}\nlast`, { maxBytes: 5_000 });
    expect(runs.map(({ type, count, words }) => [type, count, words?.[0]?.text.length])).toEqual([
      ['removed', 1, 2_348],
      ['added', 1, 2_348],
    ]);
    expect(stoppedAt).toEqual({ oldLine: 1, newLine: 1 });
  });
});

// The package has no types of Node, in which only its tests run.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
