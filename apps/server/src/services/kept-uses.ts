import type { UsageEvent } from '@promptory/api/server';

const DAY_MS = 86_400_000;

/**
 * Which uses of a person are kept one by one, on each day of UTC: so many, of ten times as many further ones each tenth, then each
 * hundredth, and so on. So the history shows the last of whoever calls all day, and ten times the calls leave one more number of
 * rows at most. The others are counted all the same. Counted by this process; one number for each person of the day.
 */
export function createKeptUses(usesADay: number): (use: UsageEvent) => boolean {
  let day = Number.NaN;
  let counts = new Map<string, number>();
  return ({ userId, occurredAt }) => {
    const today = Math.floor(occurredAt.getTime() / DAY_MS);
    if (today !== day) {
      day = today;
      counts = new Map();
    }
    const count = (counts.get(userId) ?? 0) + 1;
    counts.set(userId, count);
    return count <= usesADay || count % oneOf(count, usesADay) === 0;
  };
}

function oneOf(count: number, usesADay: number): number {
  let many = 10;
  for (let most = usesADay * 10; count > most; most *= 10) many *= 10;
  return many;
}
