import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@promptory/db';

/** A group of processes that the kernel gives so much memory and no more, as a container has it. */
export interface LimitedMemory {
  /** Where a process joins by writing its id there. */
  readonly processes: string;
  /** How often it was killed, or nearly, for want of memory; and the most it had, in bytes. */
  read(): Promise<{ killed: number; peak: number }>;
  remove(): Promise<void>;
}

const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';

/** Makes one where this user may make cgroups with a memory controller; null elsewhere. */
export async function limitedMemory(bytes: number): Promise<LimitedMemory | null> {
  return (
    (await groupIn(V1, 'memory.limit_in_bytes', bytes, readV1)) ?? (await groupIn(V2, 'memory.max', bytes, readV2))
  );
}

async function groupIn(
  root: string,
  limit: string,
  bytes: number,
  read: (folder: string) => Promise<{ killed: number; peak: number }>,
): Promise<LimitedMemory | null> {
  const folder = join(root, `promptory-${newId()}`);
  try {
    await mkdir(folder);
  } catch {
    return null;
  }
  const remove = async (): Promise<void> => rmdir(folder);
  try {
    await writeFile(join(folder, limit), String(bytes));
  } catch {
    await remove();
    return null;
  }
  return { processes: join(folder, 'cgroup.procs'), read: () => read(folder), remove };
}

const numberIn = async (folder: string, file: string, pattern: RegExp): Promise<number> =>
  Number(pattern.exec(await readFile(join(folder, file), 'utf8'))?.[1]);

const readV1 = async (folder: string): Promise<{ killed: number; peak: number }> => ({
  killed: await numberIn(folder, 'memory.oom_control', /oom_kill (\d+)/),
  peak: await numberIn(folder, 'memory.max_usage_in_bytes', /(\d+)/),
});

const readV2 = async (folder: string): Promise<{ killed: number; peak: number }> => ({
  killed: await numberIn(folder, 'memory.events', /oom_kill (\d+)/),
  peak: await numberIn(folder, 'memory.peak', /(\d+)/),
});
