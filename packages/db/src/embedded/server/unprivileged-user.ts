import { readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';

/** Who runs PostgreSQL when we are root, which PostgreSQL itself refuses. */
export interface UnprivilegedUser {
  name: string;
  uid: number;
  gid: number;
}

const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/** The user to run PostgreSQL as, or undefined when we are not root and run it ourselves. */
export function unprivilegedUser(): UnprivilegedUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map<string, UnprivilegedUser>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    // macOS writes nobody as -2, which the kernel knows as an unsigned number.
    if (name !== '') users.set(name, { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 });
  }
  const found = CANDIDATES.map((name) => users.get(name)).find((user) => user !== undefined && user.uid !== 0);
  if (!found) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and this system has no user named postgres or nobody. Run as an ordinary user, or set DATABASE_URL.',
    );
  }
  return found;
}

const READ_AND_SEARCH = 0o5;
const SEARCH = 0o1;

/** Whether a user may go down to `path` and read it, by the mode bits of every folder above. */
export async function canReach(user: UnprivilegedUser | undefined, path: string): Promise<boolean> {
  if (user === undefined) return true;
  try {
    let current = await realpath(path);
    if (!(await allows(user, current, READ_AND_SEARCH))) return false;
    while (dirname(current) !== current) {
      current = dirname(current);
      if (!(await allows(user, current, SEARCH))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Whether a user may go down to the folder `path`, though perhaps not list it. */
export async function canPass(user: UnprivilegedUser | undefined, path: string): Promise<boolean> {
  if (user === undefined) return true;
  const real = await realpath(path);
  return (await allows(user, real, SEARCH)) && (dirname(real) === real || (await canPass(user, dirname(real))));
}

async function allows(user: UnprivilegedUser, path: string, bits: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
