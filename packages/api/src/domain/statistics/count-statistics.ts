import { sql } from 'kysely';
import type { Db } from '../../context.ts';
import { QUARTER_MS, quarterOf, quarterOfColumn } from './counted-events.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** How far back what happened is counted where nobody has for long: as far as it is shown. */
const COUNTED_BACK_MS = 2 * DAY_MS;
const QUARTERS_KEPT_DAYS = 8;
const DAYS_KEPT = 730;
/** Jobs that are looked at: of more it is known that they are many. */
const MOST_JOBS = 20_000;

/** When the newest backups were made that this server knows of. */
export interface KnownBackups {
  readonly madeAt: Date | null;
  readonly storedAt: Date | null;
}

/**
 * Counts what there is, and what has happened since it did so before: so nobody who asks has anything counted. For a job that runs
 * every few minutes. What has happened is found by indexes of time; what there is by one look at each account, session and key.
 */
export async function countStatistics(db: Db, now: Date, backups: KnownBackups): Promise<void> {
  await countEvents(db, now);
  await takeTotals(db, now, backups);
  await sql`DELETE FROM counted_events WHERE since < ${daysBefore(now, QUARTERS_KEPT_DAYS)}::timestamptz`.execute(db);
  await sql`DELETE FROM daily_statistics WHERE day < ${dayOf(daysBefore(now, DAYS_KEPT))}::date`.execute(db);
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** `2026-01-31`, of UTC. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Counts the quarters anew that were not over when it was done last: what is in one may come to be seen a little later. */
async function countEvents(db: Db, now: Date): Promise<void> {
  const { rows } = await sql<{
    last: Date | string | null;
  }>`SELECT max(taken_at) AS last FROM daily_statistics`.execute(db);
  const [found] = rows;
  const last = found?.last == null ? 0 : new Date(found.last).getTime();
  const from = quarterOf(new Date(Math.max(last - QUARTER_MS, now.getTime() - COUNTED_BACK_MS)));
  const quarter = (column: string) => quarterOfColumn(sql.ref(column));
  await sql`
    INSERT INTO counted_events (since, kind, detail, amount)
    SELECT since, kind, detail, amount FROM (
      SELECT ${quarter('created_at')} AS since, 'registered' AS kind, '' AS detail, count(*) AS amount
      FROM users WHERE created_at >= ${from}::timestamptz GROUP BY 1
      UNION ALL
      SELECT ${quarter('occurred_at')}, CASE WHEN succeeded THEN 'signed_in' ELSE 'sign_in_failed' END,
        CASE WHEN succeeded THEN '' ELSE coalesce(reason, '') END, count(*)
      FROM auth_attempts WHERE occurred_at >= ${from}::timestamptz AND kind = 'login' GROUP BY 1, 2, 3
      UNION ALL
      SELECT ${quarter('created_at')}, 'version_created', '', count(*)
      FROM prompt_versions WHERE created_at >= ${from}::timestamptz GROUP BY 1
      UNION ALL
      SELECT ${quarter('created_at')}, 'prompt_created', '', count(*)
      FROM prompt_versions WHERE created_at >= ${from}::timestamptz AND version = 1 GROUP BY 1
      UNION ALL
      SELECT ${quarter('moved_at')}, 'label_moved', '', count(*)
      FROM label_moves WHERE moved_at >= ${from}::timestamptz GROUP BY 1
    ) AS counted ORDER BY 1, 2, 3
    ON CONFLICT (since, kind, detail) DO UPDATE SET amount = excluded.amount
  `.execute(db);
}

/** Into the row of today. What each account holds is kept in one row of it, so that neither prompts nor versions are looked at. */
async function takeTotals(db: Db, now: Date, { madeAt, storedAt }: KnownBackups): Promise<void> {
  await sql`
    INSERT INTO daily_statistics (day, taken_at, totals, backup_made_at, backup_stored_at)
    SELECT ${dayOf(now)}::date, ${now}::timestamptz, jsonb_build_object(
      'users', (SELECT jsonb_build_object(
        'active', count(*) FILTER (WHERE status = 'active'), 'suspended', count(*) FILTER (WHERE status = 'suspended'),
        'administrators', count(*) FILTER (WHERE role = 'admin')) FROM users WHERE deleted_at IS NULL),
      'prompts', jsonb_build_object('live', greatest(0, held.prompts - trash.prompts), 'trash', trash.prompts),
      'versions', held.versions, 'groups', held.groups, 'storedBytes', held.bytes,
      'apiKeys', (SELECT count(*) FROM api_keys
        WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now}::timestamptz)),
      'sessions', (SELECT count(*) FROM sessions
        WHERE idle_expires_at > ${now}::timestamptz AND absolute_expires_at > ${now}::timestamptz),
      'queue', (SELECT jsonb_build_object(
          'jobs', count(*) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL),
          'mails', count(*) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL AND task_identifier = 'send_mail'),
          'givenUp', count(*) FILTER (WHERE attempts >= max_attempts))
        FROM (SELECT * FROM graphile_worker.jobs LIMIT ${MOST_JOBS}) AS jobs)
    ), greatest(${madeAt}::timestamptz, newest.made_at), greatest(${storedAt}::timestamptz, newest.stored_at)
    FROM
      (SELECT coalesce(sum(prompts), 0) AS prompts, coalesce(sum(versions), 0) AS versions,
        coalesce(sum(groups), 0) AS groups, coalesce(sum(stored_bytes), 0) AS bytes FROM account_resources) AS held,
      (SELECT count(*) AS prompts FROM prompts WHERE deleted_at IS NOT NULL) AS trash,
      (SELECT max(backup_made_at) AS made_at, max(backup_stored_at) AS stored_at FROM daily_statistics) AS newest
    ON CONFLICT (day) DO UPDATE SET taken_at = excluded.taken_at, totals = excluded.totals,
      backup_made_at = excluded.backup_made_at, backup_stored_at = excluded.backup_stored_at
  `.execute(db);
}
