import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../ownership/process-identity.ts';

/** What postmaster.pid says of the server that runs, or last ran, on a data folder. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** Reads postmaster.pid; undefined when there is none, which is how a server that stopped properly leaves it. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  let text: string;
  try {
    text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
  } catch {
    return undefined;
  }
  // One line each: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
  const [pid = '', , , port = '', , , , status = ''] = text.split('\n');
  return { pid: Number(pid), port: Number(port), ready: status.trim() === 'ready' };
}

/**
 * Whether a living process serves this data folder. After a crash its pid may belong to any other program; every
 * PostgreSQL process works inside its data folder, which Linux shows. Elsewhere a living pid counts.
 */
export async function servesFolder(pid: number, dataFolder: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    const [cwd, command] = await Promise.all([readlink(`/proc/${pid}/cwd`), readFile(`/proc/${pid}/comm`, 'utf8')]);
    return command.trim() === 'postgres' && cwd === (await realpath(dataFolder));
  } catch {
    return false;
  }
}
