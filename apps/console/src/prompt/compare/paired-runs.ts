import type { VersionDiff } from '@promptory/client';

export type Run = VersionDiff['content']['runs'][number];

/** What stands beside one another: null where one side has nothing there. */
export interface Pair {
  readonly old: Run | null;
  readonly now: Run | null;
}

/** The runs of a text on two sides: what was added in the place of something removed stands beside it. */
export function pairsOf(runs: readonly Run[]): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const run of runs) {
    const last = pairs.at(-1);
    if (run.type === 'same') pairs.push({ old: run, now: run });
    else if (run.type === 'removed') pairs.push({ old: run, now: null });
    else if (last?.old?.type === 'removed' && last.now === null) pairs[pairs.length - 1] = { old: last.old, now: run };
    else pairs.push({ old: null, now: run });
  }
  return pairs;
}
