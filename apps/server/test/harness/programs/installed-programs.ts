import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installedBinaries } from '@promptory/db/testing';

const POSTGRES = 15;

/** Where Debian puts what administrators run, which is on the path of root alone. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The Redis of Debian's package.
 * @throws Error with the command that installs it, where it is missing: nothing is left out silently
 */
export function installedRedis(): string {
  const redis = programOf('redis-server');
  if (redis === undefined)
    throw new Error('This needs what is not installed: apt-get install --no-install-recommends redis-server.');
  return redis;
}

const programOf = (name: string): string | undefined => FOLDERS.map((folder) => join(folder, name)).find(isProgram);

/**
 * What a system of several servers is made of, as Debian's packages have it.
 * @throws Error that names every package which is missing, with the command that installs them: nothing is left out silently
 */
export function installedPrograms() {
  const [pgbouncer, redis, binaries] = [programOf('pgbouncer'), programOf('redis-server'), installedBinaries(POSTGRES)];
  if (pgbouncer !== undefined && redis !== undefined && binaries !== undefined) return { pgbouncer, redis, binaries };
  const missing = [
    ...(pgbouncer === undefined ? ['pgbouncer'] : []),
    ...(redis === undefined ? ['redis-server'] : []),
    ...(binaries === undefined ? [`postgresql-${POSTGRES}`] : []),
  ];
  throw new Error(
    `This needs what is not installed: apt-get install --no-install-recommends ${missing.join(' ')}. No test of several servers was run.`,
  );
}
