import type { Connection } from '@promptory/db';
import type { QueuedJobs } from '../measures/work-measures.ts';

/** Jobs of the first ones that are counted: of more it is known that they are many. */
const MOST_COUNTED = 20_000;

const QUEUED = `
  SELECT task_identifier AS task,
    count(*) FILTER (WHERE attempts < max_attempts)::integer AS waiting,
    count(*) FILTER (WHERE attempts >= max_attempts)::integer AS failed,
    greatest(0, coalesce(extract(epoch FROM now() - min(run_at)
      FILTER (WHERE attempts < max_attempts AND locked_at IS NULL)), 0))::float AS "lateSeconds"
  FROM (SELECT * FROM graphile_worker.jobs LIMIT ${MOST_COUNTED}) AS jobs GROUP BY task_identifier`;

/** What waits in the queue; null where the database does not say. */
export const queuedJobs =
  (pool: Pick<Connection['pool'], 'query'>) => async (): Promise<readonly QueuedJobs[] | null> => {
    try {
      return (await pool.query<QueuedJobs>(QUEUED)).rows;
    } catch {
      return null;
    }
  };
