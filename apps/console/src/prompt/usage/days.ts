import type { UsageRow } from './calls.ts';

/** One day of a chart, with or without uses. */
export interface Day {
  /** As `2026-11-30`, in UTC. */
  readonly day: string;
  readonly uses: number;
}

const DAY_MS = 86_400_000;

/** The days up to `last`, which are a bar each: those without a use too. */
export function daysOf(rows: readonly Pick<UsageRow, 'day' | 'uses'>[], last: string, count = 30): readonly Day[] {
  const sums = new Map<string, number>();
  for (const { day, uses } of rows) sums.set(day, (sums.get(day) ?? 0) + uses);
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.parse(last) - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return { day, uses: sums.get(day) ?? 0 };
  });
}

/** How often each version was used, the newest first. */
export function byVersion(rows: readonly Pick<UsageRow, 'version' | 'uses'>[]): readonly (readonly [number, number])[] {
  const sums = new Map<number, number>();
  for (const { version, uses } of rows) sums.set(version, (sums.get(version) ?? 0) + uses);
  return [...sums].sort(([one], [other]) => other - one);
}
