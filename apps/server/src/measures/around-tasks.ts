import type { JobHelpers, TaskList } from 'graphile-worker';

/** One run of a task. */
export interface TaskRun {
  readonly task: string;
  readonly payload: unknown;
  readonly helpers: JobHelpers;
}

/** The same tasks, each run of which is done by `around`, which calls `run` for the task itself. */
export const aroundTasks = (
  list: TaskList,
  around: (about: TaskRun, run: () => Promise<unknown>) => Promise<unknown>,
): TaskList =>
  Object.fromEntries(
    Object.entries(list).map(([task, run]) => [
      task,
      async (payload: unknown, helpers: JobHelpers) => {
        await around({ task, payload, helpers }, async () => run?.(payload, helpers));
      },
    ]),
  );
