import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './backup-error.ts';

const NAME = /^promptory-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.zip(?:\.age)?$/;
const UNFINISHED = /^promptory-\d{8}T\d{6}Z\.zip(?:\.age)?\.unfinished$/;
const DAY_MS = 86_400_000;

export interface StoredBackup {
  readonly path: string;
  readonly madeAt: Date;
}

export interface Rotation {
  /** Older backups than so many days are removed. Default 30. */
  readonly days?: number | undefined;
  /** But so many of the newest stay. Default 7. */
  readonly least?: number | undefined;
}

/** The path of a backup that is made now, in a folder that is made where it is missing. */
export async function newBackupPath(folder: string, now: Date, isEncrypted: boolean): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(folder, `promptory-${stamp}.zip${isEncrypted ? '.age' : ''}`);
}

/** When the backup of a name was made; undefined where that is no name of one. */
export function backupOf(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  return year === undefined ? undefined : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The backups of a folder, the newest first. What has another name is none. */
export async function backupsIn(folder: string): Promise<StoredBackup[]> {
  const backups = (await readdir(folder)).flatMap((name) => {
    const madeAt = backupOf(name);
    return madeAt === undefined ? [] : [{ path: join(folder, name), madeAt }];
  });
  return backups.sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime());
}

/** @throws BackupError where the folder holds none */
export async function newestBackup(folder: string): Promise<StoredBackup> {
  const [newest] = await backupsIn(folder).catch((cause: unknown) => {
    throw new BackupError(`${folder} cannot be read.`, { cause });
  });
  if (newest === undefined) throw new BackupError(`${folder} holds no backup.`);
  return newest;
}

/** Of backups, the newest first, those that are to be removed. */
export const tooOld = <Backup extends { readonly madeAt: Date }>(
  backups: readonly Backup[],
  { days = 30, least = 7 }: Rotation,
  now: Date,
): Backup[] =>
  backups.slice(Math.max(1, least)).filter(({ madeAt }) => now.getTime() - madeAt.getTime() > days * DAY_MS);

/** Removes what is too old, and answers the paths of it. */
export async function rotate(folder: string, rotation: Rotation, now: Date): Promise<string[]> {
  const old = tooOld(await backupsIn(folder), rotation, now);
  const removed = [...old.map(({ path }) => path), ...(await leftUnfinished(folder, now))];
  for (const path of removed) await rm(path, { force: true });
  return removed;
}

/** Of processes that were killed: nothing has written to them for a day. */
async function leftUnfinished(folder: string, now: Date): Promise<string[]> {
  const left: string[] = [];
  for (const name of (await readdir(folder)).filter((each) => UNFINISHED.test(each))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (now.getTime() - mtimeMs > DAY_MS) left.push(path);
  }
  return left;
}
