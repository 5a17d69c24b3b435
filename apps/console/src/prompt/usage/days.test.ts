import { expect, it } from 'vitest';
import { byVersion, daysOf } from './days.ts';

const rows = [
  { day: '2026-02-28', version: 1, uses: 2 },
  { day: '2026-02-28', version: 2, uses: 3 },
  { day: '2026-03-02', version: 2, uses: 1 },
];

it('has a bar for each day, those without a use too', () => {
  expect(daysOf(rows, '2026-03-02', 4)).toEqual([
    { day: '2026-02-27', uses: 0 },
    { day: '2026-02-28', uses: 5 },
    { day: '2026-03-01', uses: 0 },
    { day: '2026-03-02', uses: 1 },
  ]);
});

it('sums the uses of each version, the newest first', () => {
  expect(byVersion(rows)).toEqual([
    [2, 4],
    [1, 2],
  ]);
});
