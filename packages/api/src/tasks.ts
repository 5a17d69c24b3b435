import { readJson } from '@promptory/db/json';
import { diffVersions, type VersionContent } from '@promptory/template';

/**
 * What can take the processor for longer than others should wait: done by threads of their own, to which `Workers` sends
 * it. Each is a function of nothing but its input. Both are texts: a copy of an object would not keep the order in which its
 * members were sent.
 */
export interface Tasks {
  /** The JSON of a VersionDiff of two VersionContents, given as JSON. */
  diffVersions(from: string, to: string): string;
}

type TaskTable = { readonly [Name in keyof Tasks]: (...input: Parameters<Tasks[Name]>) => ReturnType<Tasks[Name]> };

const tasks: TaskTable = {
  diffVersions: (from, to) =>
    JSON.stringify(diffVersions(readJson(from) as VersionContent, readJson(to) as VersionContent)),
};

/** Does a task in this thread, at once. */
export function runTask<Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>): ReturnType<Tasks[Name]> {
  return tasks[name](...input);
}
