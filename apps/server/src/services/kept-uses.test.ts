import type { UsageEvent } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { createKeptUses } from './kept-uses.ts';

const NOON = Date.parse('2031-05-01T12:00:00.000Z');
const use = (userId: string, at = NOON): UsageEvent => ({
  promptId: 'p',
  version: 1,
  userId,
  apiKeyId: null,
  kind: 'read',
  consumer: 'web',
  occurredAt: new Date(at),
});

/** How many of so many uses are kept. */
function kept(keeps: (use: UsageEvent) => boolean, uses: number, made = use('u')): number {
  let count = 0;
  for (let index = 0; index < uses; index += 1) if (keeps(made)) count += 1;
  return count;
}

describe('the uses of a day that are kept', () => {
  it('are all, up to the number, for each person', () => {
    const keeps = createKeptUses(50);
    expect([kept(keeps, 50), kept(keeps, 50, use('other'))]).toEqual([50, 50]);
  });

  it('are ever fewer of those beyond it, and some of the last', () => {
    const keeps = createKeptUses(50);
    expect(kept(keeps, 500)).toBe(50 + 45);
    expect(kept(keeps, 4_500)).toBe(45);
    expect(kept(keeps, 995_000)).toBeLessThanOrEqual(3 * 45);
    expect(kept(keeps, 1_000_000)).toBeGreaterThan(0);
  });

  it('are all again on the next day of UTC', () => {
    const keeps = createKeptUses(50);
    kept(keeps, 500);
    expect(kept(keeps, 50, use('u', NOON + 12 * 3_600_000))).toBe(50);
  });
});
