import { keysetPage, toPage } from '@promptory/db';
import type { Job, JobPage, JobState, ListJobsInput, ScheduledTask } from '@promptory/schemas';
import { sql } from 'kysely';
import type { SessionContext } from '../../context.ts';
import { listCursor } from '../../views/list-cursor.ts';

const MOST_SCHEDULED = 50;
const MOST_CHARACTERS = 500;

/** What the job runner keeps of a job; nothing of what it is given. */
interface Queued {
  readonly id: string;
  readonly locked_at: Date | null;
}

/** What the job runner has to do, the newest first, and when it did by itself what it does at certain times. */
export async function listJobs(ctx: SessionContext, input: ListJobsInput): Promise<JobPage> {
  const { after, limit, cursorOf } = listCursor(ctx, 'admin.jobs', input);
  const jobs = ctx.db.selectFrom(sql<Queued>`graphile_worker.jobs`.as('jobs')).select([
    sql<string>`jobs.id::text`.as('id'),
    sql<string>`jobs.task_identifier`.as('task'),
    sql<JobState>`CASE WHEN jobs.locked_at IS NOT NULL THEN 'running'
        WHEN jobs.attempts >= jobs.max_attempts THEN 'failed' ELSE 'waiting' END`.as('state'),
    sql<number>`jobs.attempts::integer`.as('attempts'),
    sql<number>`jobs.max_attempts::integer`.as('maxAttempts'),
    sql<string>`jobs.created_at::timestamptz(3)`.as('createdAt'),
    sql<string | null>`CASE WHEN jobs.locked_at IS NULL AND jobs.attempts < jobs.max_attempts
        THEN jobs.run_at::timestamptz(3) END`.as('nextTryAt'),
    sql<string | null>`jobs.locked_at::timestamptz(3)`.as('startedAt'),
    sql<string | null>`left(jobs.last_error, ${MOST_CHARACTERS})`.as('lastError'),
  ]);
  const [rows, scheduled] = await Promise.all([
    keysetPage(jobs, { orderBy: [{ by: 'jobs.id', direction: 'desc' }], limit, after }).execute(),
    sql<ScheduledTask>`
      SELECT identifier AS task, last_execution::timestamptz(3) AS "lastRunAt"
      FROM graphile_worker._private_known_crontabs ORDER BY identifier LIMIT ${MOST_SCHEDULED}`.execute(ctx.db),
  ]);
  return { ...toPage<Job>(rows, limit, (last) => cursorOf([last.id])), scheduled: scheduled.rows };
}
