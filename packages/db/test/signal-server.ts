import { readFile } from 'node:fs/promises';

/** Sends a signal to a PostgreSQL: to its own process first, so that it starts no other meanwhile, and to all that it has started. Of Linux. */
export async function signalServer(pid: number, signal: NodeJS.Signals): Promise<void> {
  const children = await childrenOf(pid);
  for (const each of [pid, ...children]) {
    try {
      process.kill(each, signal);
    } catch (error) {
      // It has ended meanwhile.
      if (Reflect.get(Object(error), 'code') !== 'ESRCH') throw error;
    }
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.split(' ').filter(Boolean).map(Number);
}
