import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { sharedFolder } from './server/binaries.ts';
import { canPass, type UnprivilegedUser, unprivilegedUser } from './server/unprivileged-user.ts';

/** What `postgres.json` remembers between runs. */
export interface ClusterState {
  /** The folder it lies in: a copy of the project must not take the original's data for its own. */
  folder: string;
  port: number;
  password: string;
  /** `postgres`, within the folder, or an absolute path where the folder is closed to PostgreSQL's user. */
  data: string;
}

/** Reads `postgres.json`; undefined where there is none or it is no use. */
export async function readState(folder: string): Promise<ClusterState | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, 'postgres.json'), 'utf8');
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isState(state) ? state : undefined;
}

function isState(value: unknown): value is ClusterState {
  if (typeof value !== 'object' || value === null) return false;
  const of = (name: string): string => typeof Reflect.get(value, name);
  return of('folder') === 'string' && of('data') === 'string' && of('password') === 'string' && of('port') === 'number';
}

/** Writes `postgres.json` whole or not at all, readable by us alone. */
export async function writeState(folder: string, state: ClusterState): Promise<void> {
  const unfinished = join(folder, `postgres.json.${randomBytes(4).toString('hex')}`);
  await writeFile(unfinished, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, join(folder, 'postgres.json'));
}

export interface DataPlace {
  dataFolder: string;
  /** For `ClusterState.data`. */
  data: string;
  user: UnprivilegedUser | undefined;
  /** Whether a cluster is there already. */
  exists: boolean;
}

/** Where the data of a folder lies, or shall lie, and who runs PostgreSQL on it. */
export async function findDataPlace(
  folder: string,
  state: ClusterState | undefined,
  warn: (message: string) => void,
): Promise<DataPlace> {
  const root = unprivilegedUser();
  const inside = join(folder, 'postgres');
  const elsewhere = root && join(await sharedFolder(), createHash('sha256').update(folder).digest('hex').slice(0, 24));
  // What a project that was moved left under its old name; the original of a copied project still stands.
  const moved = state && isAbsolute(state.data) && !(state.folder !== folder && existsSync(state.folder));
  const known = [moved ? state.data : undefined, inside, elsewhere];
  for (const dataFolder of known) {
    if (dataFolder === undefined || !existsSync(join(dataFolder, 'PG_VERSION'))) continue;
    const user = await ownerOf(dataFolder, root);
    if (!(await canPass(user, dataFolder))) {
      throw new EmbeddedPostgresError(
        `${dataFolder} is closed to ${user?.name}, who runs PostgreSQL on it: open the folders above it (chmod o+x), or set DATABASE_URL.`,
      );
    }
    return { dataFolder, data: dataFolder === inside ? 'postgres' : dataFolder, user, exists: true };
  }
  if (elsewhere === undefined || (await canPass(root, folder))) {
    return { dataFolder: inside, data: 'postgres', user: root, exists: false };
  }
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  if (root) await chown(elsewhere, root.uid, root.gid);
  if (!elsewhere.startsWith('/var/lib/')) warn(`The database lies in ${elsewhere}, which the system may empty.`);
  return { dataFolder: elsewhere, data: elsewhere, user: root, exists: false };
}

/** PostgreSQL runs only as the owner of its data: as root we run as whoever made it, else it must be ours. */
async function ownerOf(dataFolder: string, root: UnprivilegedUser | undefined): Promise<UnprivilegedUser | undefined> {
  const { uid, gid } = await stat(dataFolder);
  if (root) return uid === root.uid || uid === 0 ? root : { name: `user ${uid}`, uid, gid };
  if (process.getuid && uid !== process.getuid()) {
    throw new EmbeddedPostgresError(
      `${dataFolder} belongs to another user (uid ${uid}): run as that user, move it away, or set DATABASE_URL.`,
    );
  }
  return undefined;
}
