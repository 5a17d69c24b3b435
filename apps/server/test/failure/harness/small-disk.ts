import { execFile } from 'node:child_process';
import { chmod, mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = Buffer.alloc(65_536, 'x');

/** A disk of its own, which can be filled up without harm to anything else. */
export interface SmallDisk {
  readonly folder: string;
  /** To the last byte. */
  fill(): Promise<void>;
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** A disk in memory, where this user may mount one, as root on Linux may; null elsewhere. */
export async function smallDisk(mebibytes: number): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  } catch {
    await rmdir(folder);
    return null;
  }
  // PostgreSQL does not run as root, and its own user must get to its data.
  await chmod(folder, 0o755);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (;;) await file.writeFile(CHUNK);
      } catch (error) {
        if (Reflect.get(Object(error), 'code') !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async remove() {
      await run('umount', ['--lazy', folder]);
      await rmdir(folder);
    },
  };
}

/** @throws Error where none may be mounted: what needs a full disk is not left out silently */
export async function requireSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const disk = await smallDisk(mebibytes);
  if (disk === null)
    throw new Error('No disk may be mounted here, as root on Linux may: nothing that fills one up was tried.');
  return disk;
}
