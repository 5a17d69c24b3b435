import type { Log } from '@promptory/api/server';
import type { Connection } from '@promptory/db';
import { withoutSecrets } from '../observability/logger.ts';

type Pool = Connection['pool'];

/** Of the connections of all runners, by which an operator finds them. */
export const RUNNER_NAME = 'promptory-jobs';

// A runner locks jobs by the id of its pool of workers. Its session that listens has that id in its name, and ends with the
// process: so a lock of an id that no session has is one of a process that is gone.
const sessionNameOf = (runnerId: string): string => `${RUNNER_NAME} ${runnerId}`;

/** Shows other runners that the one of this id lives, for as long as the session does. */
export async function nameSession(client: { query: Pool['query'] }, runnerId: string): Promise<void> {
  await client.query("SELECT set_config('application_name', $1, false)", [sessionNameOf(runnerId)]);
}

/** A runner may lock its first jobs before it has named its session, and look for another one that was lost. */
const LEAST_AGE = '1 minute';

// Of another one nothing can be said by a server whose own session bears another name than it gave it, as behind a pooler that gives each
// transaction another session.
const FREE = `
  WITH sessions AS (
    SELECT application_name FROM pg_stat_activity WHERE datname = current_database()
  ), own AS (
    SELECT EXISTS (SELECT FROM sessions WHERE application_name = $1 || $2) AS "isSeen"
  ), locks AS (
    SELECT locked_by, locked_at FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL
    UNION ALL
    SELECT locked_by, locked_at FROM graphile_worker._private_job_queues WHERE locked_at IS NOT NULL
  ), dead AS (
    SELECT array_agg(DISTINCT locked_by) AS ids FROM locks
    WHERE locked_by LIKE 'pool-%' AND locked_at < now() - interval '${LEAST_AGE}' AND (SELECT "isSeen" FROM own)
      AND NOT EXISTS (SELECT FROM sessions WHERE application_name = $1 || locked_by)
  )
  SELECT own."isSeen", cardinality(ids) AS dead,
    CASE WHEN ids IS NOT NULL THEN graphile_worker.force_unlock_workers(ids) END
  FROM own, dead`;

interface Found {
  readonly isSeen: boolean;
  /** Runners whose jobs were unlocked; null for none. */
  readonly dead: number | null;
}

/** Unlocks what runners had begun whose process is gone, as after a SIGKILL; by itself the queue would wait for four hours. */
async function freeDeadRunners(pool: Pick<Pool, 'query'>, ownId: string): Promise<Found | undefined> {
  const { rows } = await pool.query<Found>(FREE, [sessionNameOf(''), ownId]);
  return rows[0];
}

/**
 * Looks for them again and again, by the session of the runner of this id. A look that fails says nothing: a database that is busy for a
 * moment is asked again. One that fails behind another is said once, until one succeeds; so with one that does not see its own session.
 */
export function deadRunnerLook(pool: Pick<Pool, 'query'>, log: Pick<Log, 'warn'>): (ownId: string) => Promise<void> {
  let failures = 0;
  const failed = (reason: string): void => {
    failures += 1;
    if (failures === 2) log.warn({ reason }, 'jobs of processes that are gone could not be looked for');
  };
  return async (ownId) => {
    try {
      const found = await freeDeadRunners(pool, ownId);
      if (found?.isSeen === false) {
        failed(
          'the session of this one is not seen: set DATABASE_FEED_URL where there is a pooler before the database',
        );
        return;
      }
      failures = 0;
      const dead = found?.dead ?? 0;
      if (dead > 0) log.warn({ dead }, 'jobs are free again that processes had begun which are gone');
    } catch (error) {
      failed(withoutSecrets(error instanceof Error ? error.message : String(error)));
    }
  };
}
