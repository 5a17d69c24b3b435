import { EventEmitter } from 'node:events';
import { connect, type StatementMeasures, servedCaller } from '@promptory/db';
import type { Runner, TaskList, WorkerEvents } from 'graphile-worker';
import { aroundTasks } from '../measures/around-tasks.ts';
import { withoutSecrets } from '../observability/logger.ts';
import { deadRunnerLook, nameSession, RUNNER_NAME } from './dead-runners.ts';
import { endOf } from './runner-end.ts';
import { CRONTAB, type TaskServices, tasksOf } from './tasks.ts';

// Outcomes of jobs are written in batches, each of one moment: the promise of a single write is one that graphile-worker
// drops, so that a connection lost in it would end the process. A batch that fails ends the runner, which starts again.
const OUTCOMES_IN_BATCHES = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

const CONCURRENT_JOBS = 3;
/** That the queue keeps of what failed. */
const MOST_CHARACTERS = 1_000;
const POLL_INTERVAL_MS = 2_000;
const RESTART_DELAY_MS = 2_000;
/** How often jobs are looked for that a process began which is gone. */
const LOOK_EVERY_MS = 60_000;
/** How long a runner that stops may take to end. */
const END_PATIENCE_MS = 60_000;

/** A runner of jobs that is started again when its database went away. */
export interface Jobs {
  /** Lets jobs that run come to their end; the queue keeps the others. */
  stop(): Promise<void>;
}

export interface JobOptions extends TaskServices {
  /** To the database itself: a pooler that gives each transaction another session passes no notifications on. */
  readonly connectionString: string;
  /** Has each run of a task measured. */
  readonly measure?: (tasks: TaskList) => TaskList;
  /** What the connections of the runner tell. */
  readonly measures?: StatementMeasures;
  /** When the queue does what by itself; {@link CRONTAB} unless given. */
  readonly crontab?: string;
}

/** Runs the queue within this process, on connections of its own, so that jobs and requests do not wait for each other. */
export function runJobs(options: JobOptions): Jobs {
  const { connectionString, services, crontab = CRONTAB, measure = (tasks) => tasks } = options;
  const { log } = services;
  // Our own pool: one that the runner makes is still closing when the runner has stopped, and nobody hears its errors.
  const connection = connect({
    connectionString,
    max: CONCURRENT_JOBS + 2,
    applicationName: RUNNER_NAME,
    measures: options.measures,
    // The runner compares times as Date: with texts, days that were missed would never be made up for.
    values: 'pg',
    log: { warn: (message, error) => log.warn({ err: error }, message) },
  });
  const stopped = Promise.withResolvers<void>();
  let stopping = false;
  let runner: Runner | null = null;

  // What its workers had begun would stay locked until somebody finds its session gone.
  const unlock = async (workerIds: readonly string[]): Promise<void> => {
    try {
      await connection.pool.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [workerIds]);
    } catch (error) {
      log.warn({ err: error }, 'jobs that the runner had begun stay locked for some minutes');
    }
  };

  const look = deadRunnerLook(connection.pool, log);
  let ownId: string | null = null;
  const looking = setInterval(() => {
    if (ownId !== null) void look(ownId);
  }, LOOK_EVERY_MS).unref();

  const keepRunning = async (): Promise<void> => {
    // Loaded beside the first requests, not before them.
    const { Logger, run } = await import('graphile-worker');
    const logger = new Logger(() => (level, message, meta) => {
      // It logs every job at `info`; the lines of the jobs themselves say more.
      if (level === 'error') log.error({ ...faultOf(meta) }, withoutSecrets(message));
      else if (level === 'warning') log.warn({}, withoutSecrets(message));
    });
    while (!stopping) {
      const events: WorkerEvents = new EventEmitter();
      // Jobs are locked by the pool of workers, or by one worker.
      const workerIds: string[] = [];
      events.on('pool:create', ({ workerPool }) => void workerIds.push(workerPool.id));
      events.on('worker:create', ({ worker }) => void workerIds.push(worker.workerId));
      // When it listens its connection is free; where that is lost, the listener finds out by itself.
      events.on('pool:listen:success', ({ workerPool, client }) => {
        client.once('drain', () => {
          nameSession(client, workerPool.id).then(
            () => {
              ownId = workerPool.id;
              void look(ownId);
            },
            () => undefined,
          );
        });
      });
      try {
        runner = await run({
          pgPool: connection.pool,
          concurrency: CONCURRENT_JOBS,
          pollInterval: POLL_INTERVAL_MS,
          noHandleSignals: true,
          taskList: measure(namedTasks(tasksOf(options))),
          crontab,
          preset: { worker: OUTCOMES_IN_BATCHES },
          logger,
          events,
        });
        if (stopping) await runner.stop();
        await endOf(runner, END_PATIENCE_MS, () => stopping);
      } catch (error) {
        if (!stopping) log.error({ err: error }, 'the job runner ended; it is started again');
      }
      runner = null;
      if (stopping) break;
      await unlock(workerIds);
      await Promise.race([stopped.promise, wait(RESTART_DELAY_MS)]);
    }
  };
  const done = keepRunning();

  return {
    async stop() {
      if (!stopping) {
        stopping = true;
        clearInterval(looking);
        stopped.resolve();
        await runner?.stop().catch(() => undefined);
      }
      await done;
      await connection.close();
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

/** The same tasks, whose transactions bear the id of the job. What the queue keeps of a failure holds no secret. */
const namedTasks = (tasks: TaskList): TaskList =>
  aroundTasks(tasks, async ({ helpers }, run) => {
    try {
      return await servedCaller.run({ name: '', requestId: `job-${helpers.job.id}` }, run);
    } catch (error) {
      if (error instanceof Error) error.message = withoutSecrets(error.message).slice(0, MOST_CHARACTERS);
      throw error;
    }
  });
