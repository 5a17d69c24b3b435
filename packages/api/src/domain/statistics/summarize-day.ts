import { retryTransaction } from '@promptory/db';
import { sql } from 'kysely';
import type { Db } from '../../context.ts';
import { enqueueMails } from '../mail/mail-job.ts';
import { dayOf } from './count-statistics.ts';
import { type CountedEvent, happenedOf } from './counted-events.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Sums up the day of UTC before `now`, once, and queues a mail of it for each administrator who wants one. For a daily job, behind
 * one that has counted; a day of which nothing was counted has what there is now.
 * @returns how many mails were queued; null where the day was summed up before
 */
export function summarizeDay(db: Db, now: Date): Promise<number | null> {
  const day = dayOf(new Date(now.getTime() - DAY_MS));
  return retryTransaction(db, async (trx) => {
    const { rows: events } = await sql<CountedEvent>`
      SELECT kind, detail, sum(amount)::bigint AS amount FROM counted_events
      WHERE since >= ${day}::timestamp AT TIME ZONE 'UTC' AND since < (${day}::date + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY kind, detail ORDER BY kind, detail
    `.execute(trx);
    const { rows: summed } = await sql`
      INSERT INTO daily_statistics AS kept (day, taken_at, totals, happened, backup_made_at, backup_stored_at)
      SELECT ${day}::date, taken_at, totals, ${JSON.stringify(happenedOf(events))}::jsonb, backup_made_at, backup_stored_at
      FROM daily_statistics ORDER BY day DESC LIMIT 1
      ON CONFLICT (day) DO UPDATE SET happened = excluded.happened WHERE kept.happened IS NULL
      RETURNING day
    `.execute(trx);
    if (summed.length === 0) return null;
    const { rows: wanting } = await sql<{ userId: string }>`
      SELECT id AS "userId" FROM users WHERE role = 'admin' AND status = 'active'
        AND preferences #> '{emailNotifications,dailySummary}' = 'true' ORDER BY id
    `.execute(trx);
    if (wanting.length > 0) {
      await enqueueMails(
        trx,
        wanting.map(({ userId }) => ({ kind: 'daily_summary', userId, day })),
      );
    }
    return wanting.length;
  });
}
