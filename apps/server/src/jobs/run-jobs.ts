import {
  deleteOldAnswers,
  MAIL_TASK,
  type MailServices,
  parseMailJob,
  purgeBin,
  type Services,
  sendMail,
} from '@promptory/api/server';
import {
  deleteExpiredEmailTokens,
  deleteExpiredSessions,
  deleteOldAttempts,
  resealSecondFactors,
} from '@promptory/auth';
import type { Runner, TaskList } from 'graphile-worker';
import { loggedError, withoutSecrets } from '../observability/logger.ts';

/** A runner of jobs that is started again when its database went away. */
export interface Jobs {
  /** Lets jobs that run come to their end; the queue keeps the others. */
  stop(): Promise<void>;
}

// Minute, hour, day, month, weekday (UTC); a day that was missed is made up for within its time.
const CRONTAB = `
17 2 * * * ensure_usage_partitions ?fill=12h
37 2 * * * purge_bin ?fill=12h
57 2 * * * delete_expired ?fill=12h
7 * * * * delete_old_answers
27 * * * * reseal_second_factors
`;

const CONCURRENT_JOBS = 3;
const POLL_MS = 2_000;
const RESTART_MS = 2_000;

export interface JobOptions {
  readonly connectionString: string;
  readonly services: MailServices & Pick<Services, 'secretBox'>;
  /** Makes the partitions of this month and the next ones. */
  ensurePartitions(): Promise<unknown>;
}

/** What the queue can do: a name here is a name in the database. */
function tasksOf({ services, ensurePartitions }: JobOptions): TaskList {
  const { db, clock, log, secretBox } = services;
  return {
    [MAIL_TASK]: (payload) => withoutQuotes(() => sendMail(services, parseMailJob(payload))),
    async ensure_usage_partitions() {
      await ensurePartitions();
    },
    async purge_bin() {
      const purged = await purgeBin(db, clock.now());
      log.info({ purged }, 'bin purged');
    },
    async delete_expired() {
      const sessions = await deleteExpiredSessions(db, clock.now());
      const tokens = await deleteExpiredEmailTokens(db, clock.now());
      const attempts = await deleteOldAttempts(db, clock.now());
      log.info({ sessions, tokens, attempts }, 'expired sessions and links, and old attempts to sign in, deleted');
    },
    async delete_old_answers() {
      const answers = await deleteOldAnswers(db, clock.now());
      log.info({ answers }, 'old answers of creating calls deleted');
    },
    async reseal_second_factors() {
      const { resealed, unreadable } = await resealSecondFactors(db, secretBox);
      if (resealed > 0) log.info({ resealed }, 'second factors sealed under the first secret');
      if (unreadable > 0) log.error({ unreadable }, 'second factors are sealed under a secret that is not there');
    },
  };
}

/**
 * Why a job failed is kept in the queue's table, and a mail server may quote the mail that it refuses: no link that opens
 * an account is to rest there.
 */
async function withoutQuotes(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { type, message, stack } = loggedError(error);
    throw Object.assign(new Error(message), { name: type, stack });
  }
}

/** Runs the queue within this process, on connections of its own, so that jobs and requests do not wait for each other. */
export function runJobs(options: JobOptions): Jobs {
  const { connectionString, services } = options;
  const { log } = services;
  const stopped = Promise.withResolvers<void>();
  let stopping = false;
  let runner: Runner | null = null;

  const keepRunning = async (): Promise<void> => {
    // Loaded beside the first requests, not before them.
    const { Logger, run } = await import('graphile-worker');
    const logger = new Logger(() => (level, message, meta) => {
      // It tells at `info` of every job, whose own lines say more.
      if (level === 'error') log.error({ ...faultOf(meta) }, withoutSecrets(message));
      else if (level === 'warning') log.warn({}, withoutSecrets(message));
    });
    while (!stopping) {
      try {
        runner = await run({
          connectionString,
          maxPoolSize: CONCURRENT_JOBS + 2,
          concurrency: CONCURRENT_JOBS,
          pollInterval: POLL_MS,
          noHandleSignals: true,
          taskList: tasksOf(options),
          crontab: CRONTAB,
          logger,
        });
        if (stopping) await runner.stop();
        await runner.promise;
      } catch (error) {
        if (!stopping) log.error({ err: error }, 'the job runner ended; it is started again');
      }
      runner = null;
      if (!stopping) await Promise.race([stopped.promise, wait(RESTART_MS)]);
    }
  };
  const done = keepRunning();

  return {
    async stop() {
      if (!stopping) {
        stopping = true;
        stopped.resolve();
        await runner?.stop().catch(() => undefined);
      }
      await done;
    },
  };
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

function faultOf(meta: unknown): object {
  const error: unknown = Reflect.get(Object(meta), 'error');
  return error === undefined ? {} : { err: error };
}
