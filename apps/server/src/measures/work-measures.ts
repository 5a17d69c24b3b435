import type { Mailer } from '@promptory/api/server';
import type { TaskList } from 'graphile-worker';
import { Counter, Gauge, Histogram, type Metric } from 'prom-client';
import type { KeptCounts } from '../services/kept-counts.ts';
import type { CountingLimiter } from '../services/limiter.ts';
import { aroundTasks } from './around-tasks.ts';

/** Seconds. */
const DURATIONS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];

/** Jobs of one kind in the queue. */
export interface QueuedJobs {
  readonly task: string;
  /** That will be tried still. */
  readonly waiting: number;
  /** That were tried as often as they may be. */
  readonly failed: number;
  /** Since when the oldest could run that does not; 0 where none could. */
  readonly lateSeconds: number;
}

/** What is measured of jobs, mails and limits, in metrics that belong to no registry yet. */
export interface WorkMeasures {
  readonly metrics: readonly Metric[];
  /** The same tasks, of which each run is measured. */
  tasks(list: TaskList): TaskList;
  mailer<M extends Mailer>(mailer: M): M;
  limiter(limiter: CountingLimiter): CountingLimiter;
}

/**
 * @param options.queue what waits; null where nobody knows at the moment
 * @param options.now seconds since 1970
 * @param options.kept what administrators are shown counts here besides
 */
export function createWorkMeasures(options: {
  queue?: () => Promise<readonly QueuedJobs[] | null>;
  now?: () => number;
  kept?: Pick<KeptCounts, 'add'>;
}): WorkMeasures {
  const { queue, now = () => Date.now() / 1_000, kept } = options;
  const registers: [] = [];
  const runs = new Counter({
    name: 'promptory_job_runs_total',
    help: 'Runs of jobs, and how they ended: ok or failed.',
    labelNames: ['task', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'promptory_job_duration_seconds',
    help: 'Time of a run of a job.',
    labelNames: ['task'],
    buckets: DURATIONS,
    registers,
  });
  const succeeded = new Gauge({
    name: 'promptory_job_last_success_timestamp_seconds',
    help: 'When this server last ended a job of the kind well, in seconds since 1970.',
    labelNames: ['task'],
    registers,
  });
  const mails = new Counter({
    name: 'promptory_mails_total',
    help: 'Mails given to the mail server: sent, or failed, which are tried again.',
    labelNames: ['outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'promptory_limit_refusals_total',
    help: 'What a limit has refused, by its name.',
    labelNames: ['limit'],
    registers,
  });
  const ofQueue = queue === undefined ? [] : [queueMetric(queue)];
  return {
    metrics: [runs, seconds, succeeded, mails, refused, ...ofQueue],
    tasks: (list) =>
      aroundTasks(list, async ({ task }, run) => {
        const began = performance.now();
        let outcome = 'failed';
        try {
          await run();
          outcome = 'ok';
          succeeded.set({ task }, now());
        } finally {
          runs.inc({ task, outcome });
          if (outcome === 'failed') kept?.add('job_failed', task);
          seconds.observe({ task }, (performance.now() - began) / 1_000);
        }
      }),
    mailer: (mailer) => ({
      ...mailer,
      async send(mail) {
        let outcome: 'failed' | 'sent' = 'failed';
        try {
          await mailer.send(mail);
          outcome = 'sent';
        } finally {
          mails.inc({ outcome });
          kept?.add(`mail_${outcome}`);
        }
      },
    }),
    limiter: (limiter) => {
      const counted = <C extends { readonly allowed: boolean } | null>(limit: string, count: C): C => {
        if (count?.allowed === false) {
          refused.inc({ limit });
          kept?.add('limit_refused', limit);
        }
        return count;
      };
      return {
        ...limiter,
        consume: async (name, ...rest) => counted(name, await limiter.consume(name, ...rest)),
        consumeNow: (name, ...rest) => counted(name, limiter.consumeNow(name, ...rest)),
      };
    },
  };
}

function queueMetric(queue: () => Promise<readonly QueuedJobs[] | null>): Metric {
  return new Gauge({
    name: 'promptory_jobs_queued',
    help: 'Jobs in the queue of all servers: waiting, or failed for good; late: seconds for which the oldest could have run.',
    labelNames: ['task', 'state'],
    registers: [],
    async collect() {
      this.reset();
      for (const { task, waiting, failed, lateSeconds } of (await queue()) ?? []) {
        this.set({ task, state: 'waiting' }, waiting);
        this.set({ task, state: 'failed' }, failed);
        this.set({ task, state: 'late' }, lateSeconds);
      }
    },
  });
}
