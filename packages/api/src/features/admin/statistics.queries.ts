import type { Statistics, StatisticsTotals } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Clock, Db } from '../../context.ts';
import { type CountedEvent, happenedOf, QUARTER_MS, quarterOf } from '../../domain/statistics/counted-events.ts';

const QUARTERS_A_DAY = 96;

/** How often something happened within the last day, and within the day before it. */
type Compared = Omit<CountedEvent, 'amount'> & { readonly last: number; readonly before: number };

interface Kept {
  readonly takenAt: string | null;
  readonly totals: StatisticsTotals | null;
  readonly madeAt: string | null;
  readonly storedAt: string | null;
  readonly migration: string;
  readonly events: readonly Compared[];
}

/** What was counted last, by one statement over what is kept. */
export async function getStatistics(ctx: { readonly db: Db; readonly clock: Clock }): Promise<Statistics> {
  const now = ctx.clock.now();
  const since = new Date(quarterOf(now).getTime() - (QUARTERS_A_DAY - 1) * QUARTER_MS);
  const before = new Date(since.getTime() - QUARTERS_A_DAY * QUARTER_MS);
  const { takenAt, totals, madeAt, storedAt, migration, events } = await findKept(ctx.db, since, before);
  const span = (from: Date, until: Date, amounts: 'last' | 'before') => ({
    since: from.toISOString(),
    until: until.toISOString(),
    ...happenedOf(events.map(({ kind, detail, [amounts]: amount }) => ({ kind, detail, amount }))),
  });
  return {
    totals: takenAt === null || totals === null ? null : { takenAt, ...totals },
    lastDay: span(since, now, 'last'),
    dayBefore: span(before, since, 'before'),
    backup: madeAt === null ? null : { madeAt, ageSeconds: ageSeconds(madeAt, now), storedAt },
    migration,
  };
}

const ageSeconds = (time: string, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 1_000));

async function findKept(db: Db, since: Date, before: Date): Promise<Kept> {
  const { rows } = await sql<Kept>`
    SELECT kept.taken_at AS "takenAt", kept.totals, kept.backup_made_at AS "madeAt", kept.backup_stored_at AS "storedAt",
      (SELECT max(name) FROM kysely_migration) AS migration,
      (SELECT coalesce(json_agg(counted), '[]') FROM (
        SELECT kind, detail, coalesce(sum(amount) FILTER (WHERE since >= ${since}::timestamptz), 0) AS last,
          coalesce(sum(amount) FILTER (WHERE since < ${since}::timestamptz), 0) AS before
        FROM counted_events WHERE since >= ${before}::timestamptz GROUP BY kind, detail ORDER BY kind, detail
      ) AS counted) AS events
    FROM (SELECT) AS always
    LEFT JOIN (SELECT * FROM daily_statistics ORDER BY day DESC LIMIT 1) AS kept ON true
  `.execute(db);
  return rows[0] as Kept;
}
