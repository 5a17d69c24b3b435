import { statfs } from 'node:fs/promises';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';

const LEAST_BYTES = 1_048_576;

/**
 * What to say of a failure on a disk that is full, in place of what PostgreSQL wrote; undefined where that was not the
 * reason. The disk itself is asked too, since on one that is full PostgreSQL's log finds no room either.
 *
 * @param folder on the disk
 */
export async function fullDiskError(folder: string, said: string): Promise<EmbeddedPostgresError | undefined> {
  if (!/No space left on device|ENOSPC/.test(said) && (await freeBytes(folder)) >= LEAST_BYTES) return undefined;
  return new EmbeddedPostgresError(`The disk of ${folder} is full: make room there, then start again.`);
}

const freeBytes = (folder: string): Promise<number> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  );
