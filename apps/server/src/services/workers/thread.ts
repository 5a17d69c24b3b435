import { constants, setPriority } from 'node:os';
import { runTask, type Tasks } from '@promptory/api/tasks';

/** What is sent to a thread. */
export interface SentTask<Name extends keyof Tasks = keyof Tasks> {
  readonly name: Name;
  readonly input: Parameters<Tasks[Name]>;
}

// What one caller asked for gives way to answering all others. On Linux a priority is of this thread alone, elsewhere it
// would be of the whole process.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

/** Runs in each thread of the pool, for each task. */
export default function run({ name, input }: SentTask): unknown {
  return runTask(name, input);
}
