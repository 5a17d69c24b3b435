import { runTask, type Tasks } from '@promptory/api/tasks';

/** What is sent to a thread. */
export interface SentTask<Name extends keyof Tasks = keyof Tasks> {
  readonly name: Name;
  readonly input: Parameters<Tasks[Name]>;
}

/** Runs in each thread of the pool, for each task. */
export default function run({ name, input }: SentTask): unknown {
  return runTask(name, input);
}
