import type { ImportEvent } from '@promptory/schemas';

export type RowEvent = Extract<ImportEvent, { type: 'row' }>;

/** What became of rows so far. */
export interface Counts {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
}

export const noRows: Readonly<Counts> = { rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };

/** The same with further rows. */
export function added(counts: Readonly<Counts>, events: readonly RowEvent[]): Counts {
  const sum = { ...counts, rows: counts.rows + events.length };
  for (const { outcome } of events) sum[outcome] += 1;
  return sum;
}
