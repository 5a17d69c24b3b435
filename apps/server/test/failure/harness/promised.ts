import { inject } from 'vitest';

const { scale } = inject('failure');

/** What a short run, which is beside others on a machine that is busy, may take for what is promised within a second. */
const SHORT_RUN_FACTOR = 4;

/** Whether all of each property is tried, on a machine that does nothing else. */
export const isWholeRun = scale >= 1;

/** How many of `full` rounds, calls or connections to try at the scale of this run, at least `least`. */
export const share = (full: number, least: number): number => Math.max(least, Math.ceil(full * scale));

/** How many milliseconds something may take that is promised within so many: just these in a full run. */
export const withinMs = (promised: number): number => (isWholeRun ? promised : promised * SHORT_RUN_FACTOR);

/** Says what was measured, as a line of the run. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
