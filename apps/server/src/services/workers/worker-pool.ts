import { availableParallelism } from 'node:os';
import { AppError, type Log, type Workers } from '@promptory/api/server';
import { servedCaller } from '@promptory/db';
import { Piscina } from 'piscina';
import { CallerTurns } from './caller-turns.ts';
import type { SentTask } from './thread.ts';

/** Workers that own threads. */
export interface WorkerPool extends Workers {
  readonly threads: number;
  /** Ends every thread, with what it does. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  readonly log: Log;
  /** At most so many threads; they start when they are needed. One less than cores, and one at least, unless given. */
  readonly threads?: number | null;
  /** Tasks that wait at most, beside those that run. */
  readonly queue?: number;
  /** Milliseconds that a task may take, its waiting included; then its thread is ended. */
  readonly timeoutMs?: number;
  /** The module that threads run. */
  readonly module?: URL;
}

const QUEUE = 100;
// Less than the fifteen seconds after which a request is given up.
const TIMEOUT_MS = 10_000;
const IDLE_MS = 60_000;
const MAX_HEAP_MB = 128;
// For what lives briefly. More makes no task faster, and stays with the process.
const MAX_YOUNG_MB = 16;
const RETRY_SECONDS = 2;

// From the sources the threads strip types and find the packages' sources, as this process does.
const isSource = import.meta.url.endsWith('.ts');
const execArgv = isSource ? ['--conditions=@promptory/source'] : [];
const THREAD = new URL(isSource ? './thread.ts' : './thread.js', import.meta.url);

/**
 * Threads for tasks, with a bounded queue in which callers take turns. A task that is too slow, or whose thread fails or has no memory left, fails
 * alone: the thread is replaced.
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { log, queue = QUEUE, timeoutMs = TIMEOUT_MS, module = THREAD } = options;
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1);
  const pool = new Piscina({
    filename: module.href,
    minThreads: 0,
    maxThreads: threads,
    maxQueue: queue,
    idleTimeout: IDLE_MS,
    execArgv,
    // Threads need no secrets.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
  });
  // Of one caller's many tasks one is done before another's.
  const turns = new CallerTurns(threads);
  pool.on('error', (error) => log.error({ err: error }, 'a worker failed while it had nothing to do'));

  return {
    threads,
    async run(name, ...input) {
      if (turns.waiting >= queue) throw busy('too many tasks wait');
      const task: SentTask<typeof name> = { name, input };
      const signal = AbortSignal.timeout(timeoutMs);
      let leave: (() => void) | undefined;
      try {
        leave = await turns.take(servedCaller.getStore()?.name ?? '', signal);
        return await pool.run(task, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
        log.warn({ task: name, timeoutMs }, 'a worker was ended, as its task took too long');
        throw busy('the task took too long');
      } finally {
        leave?.();
      }
    },
    close: () => pool.destroy(),
  };
}

const busy = (reason: string): AppError =>
  new AppError('server.busy', { retryAfterSeconds: RETRY_SECONDS, cause: new Error(`Workers: ${reason}.`) });
