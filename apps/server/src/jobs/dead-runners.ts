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

const FREE = `
  WITH locks AS (
    SELECT locked_by, locked_at FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL
    UNION ALL
    SELECT locked_by, locked_at FROM graphile_worker._private_job_queues WHERE locked_at IS NOT NULL
  ), dead AS (
    SELECT array_agg(DISTINCT locked_by) AS ids FROM locks
    WHERE locked_by LIKE 'pool-%' AND locked_at < now() - interval '${LEAST_AGE}' AND NOT EXISTS (
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 || locked_by
    )
  )
  SELECT cardinality(ids) AS dead, graphile_worker.force_unlock_workers(ids) FROM dead WHERE ids IS NOT NULL`;

/**
 * Unlocks what runners had begun whose process is gone, as after a SIGKILL; by itself the queue would wait for four hours.
 * @returns how many runners those were
 */
async function freeDeadRunners(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ dead: number }>(FREE, [sessionNameOf('')]);
  return rows[0]?.dead ?? 0;
}

/**
 * Looks for them again and again. A look that fails says nothing: a database that is busy for a moment is asked again. One that
 * fails behind another is said once, until one succeeds.
 */
export function deadRunnerLook(pool: Pick<Pool, 'query'>, log: Pick<Log, 'warn'>): () => Promise<void> {
  let failures = 0;
  return async () => {
    try {
      const dead = await freeDeadRunners(pool);
      failures = 0;
      if (dead > 0) log.warn({ dead }, 'jobs are free again that processes had begun which are gone');
    } catch (error) {
      failures += 1;
      const reason = withoutSecrets(error instanceof Error ? error.message : String(error));
      if (failures === 2) log.warn({ reason }, 'jobs of processes that are gone could not be looked for');
    }
  };
}
