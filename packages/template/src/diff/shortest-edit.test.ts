import { diffArrays } from 'diff';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Run, shortestEdit } from './shortest-edit.ts';

const tokens = fc.array(fc.nat({ max: 3 }), { maxLength: 40 }).map((list) => Int32Array.from(list));

const countOf = (runs: readonly Run[], type: Run['type']): number =>
  runs.reduce((sum, run) => sum + (run.type === type ? run.count : 0), 0);

it('keeps as many tokens as jsdiff does, and those stand on both sides', () => {
  fc.assert(
    fc.property(tokens, tokens, (from, to) => {
      const runs = shortestEdit(from, to, { comparisons: 10_000 }) ?? [];
      const oracle = diffArrays([...from], [...to]);
      const kept = oracle.reduce((sum, { added, removed, count }) => sum + (added || removed ? 0 : count), 0);
      expect(countOf(runs, 'same')).toBe(kept);
      let [old, now] = [0, 0];
      for (const { type, count } of runs) {
        if (type === 'same') expect(from.slice(old, old + count)).toEqual(to.slice(now, now + count));
        if (type !== 'added') old += count;
        if (type !== 'removed') now += count;
      }
      expect([old, now]).toEqual([from.length, to.length]);
    }),
    { numRuns: 1_000 },
  );
});

it('gives up past 500 edits, and where the comparisons run out', () => {
  const run = (token: number, length: number) => new Int32Array(length).fill(token);
  const none = { comparisons: 1_000_000 };
  expect(countOf(shortestEdit(run(1, 250), run(2, 250), none) ?? [], 'removed')).toBe(250);
  expect(shortestEdit(run(1, 251), run(2, 250), none)).toBeUndefined();
  expect(shortestEdit(run(1, 600), run(1, 99), none)).toBeUndefined();
  expect(shortestEdit(run(1, 250), run(2, 250), { comparisons: 1_000 })).toBeUndefined();
});
