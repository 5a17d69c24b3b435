import { untilDone } from '@promptory/db';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../context.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ROWS_A_STATEMENT = 5_000;

/** For how many days rows are kept that nobody deletes: uses and their counts by day, and so on. */
const KEPT_DAYS = { usage: 400, revokedKeys: 90, failedJobs: 30, auditLog: 730 } as const;

/**
 * Removes what would pile up for ever: uses of more than 400 days ago, keys that were revoked 90 days ago, jobs that failed for
 * good 30 days ago, entries of the audit log of two years ago. For a daily job; some thousand rows a statement, so that nobody
 * waits for it.
 * @returns how many of each were removed
 */
export async function deleteOldRows(db: Db, now: Date): Promise<Record<string, number>> {
  const before = (days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString();
  const usage = before(KEPT_DAYS.usage);
  const steps: Readonly<Record<string, RawBuilder<{ done: number }>>> = {
    uses: counted(sql`
      DELETE FROM usage_events USING (
        SELECT occurred_at, id FROM usage_events WHERE occurred_at < ${usage}::timestamptz
        ORDER BY occurred_at LIMIT ${ROWS_A_STATEMENT}
      ) AS old WHERE usage_events.occurred_at = old.occurred_at AND usage_events.id = old.id RETURNING 1
    `),
    days: counted(sql`
      DELETE FROM usage_daily USING (
        SELECT prompt_id, day, version, consumer FROM usage_daily WHERE day < ${usage}::date
        ORDER BY day LIMIT ${ROWS_A_STATEMENT}
      ) AS old WHERE (usage_daily.prompt_id, usage_daily.day, usage_daily.version, usage_daily.consumer)
        = (old.prompt_id, old.day, old.version, old.consumer) RETURNING 1
    `),
    versions: counted(sql`
      DELETE FROM version_uses USING (
        SELECT prompt_id, version, consumer FROM version_uses WHERE last_used_at < ${usage}::timestamptz
        ORDER BY last_used_at LIMIT ${ROWS_A_STATEMENT}
      ) AS old WHERE (version_uses.prompt_id, version_uses.version, version_uses.consumer)
        = (old.prompt_id, old.version, old.consumer) RETURNING 1
    `),
    keys: counted(sql`
      DELETE FROM api_keys WHERE id IN (
        SELECT id FROM api_keys WHERE revoked_at < ${before(KEPT_DAYS.revokedKeys)}::timestamptz LIMIT ${ROWS_A_STATEMENT}
      ) RETURNING 1
    `),
    jobs: counted(sql`
      SELECT FROM graphile_worker.complete_jobs(ARRAY(
        SELECT id FROM graphile_worker.jobs
        WHERE attempts >= max_attempts AND locked_at IS NULL
          AND updated_at < ${before(KEPT_DAYS.failedJobs)}::timestamptz
        ORDER BY id LIMIT ${ROWS_A_STATEMENT}
      ))
    `),
    entries: sql`SELECT public.purge_audit_log(${before(KEPT_DAYS.auditLog)}::timestamptz, ${ROWS_A_STATEMENT}) AS done`,
  };
  const removed: Record<string, number> = {};
  for (const [what, statement] of Object.entries(steps)) {
    removed[what] = await untilDone(db, ROWS_A_STATEMENT, statement);
  }
  return removed;
}

const counted = (statement: RawBuilder<unknown>): RawBuilder<{ done: number }> =>
  sql`WITH removed AS (${statement}) SELECT count(*)::integer AS done FROM removed`;
