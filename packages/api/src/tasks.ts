import { diffVersions } from '@promptory/template';

/**
 * What can take the processor for longer than others should wait: done by threads of their own, to which `Workers` sends
 * it. Each is a function of nothing but its input, and both input and output can be copied (structured clone).
 */
export interface Tasks {
  diffVersions: typeof diffVersions;
}

type TaskTable = { readonly [Name in keyof Tasks]: (...input: Parameters<Tasks[Name]>) => ReturnType<Tasks[Name]> };

const tasks: TaskTable = { diffVersions };

/** Does a task in this thread, at once. */
export function runTask<Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>): ReturnType<Tasks[Name]> {
  return tasks[name](...input);
}
