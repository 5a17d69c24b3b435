import { basename } from 'node:path';
import { backupsIn, newBackupPath, type Rotation, rotate } from './backup-folder.ts';
import { openStore, type StoreSettings } from './backup-store.ts';
import { type MakeBackupOptions, makeBackup } from './make-backup.ts';
import type { Manifest } from './manifest.ts';

/** Where backups are kept, and for whom. */
export interface BackupSettings {
  readonly folder: string;
  readonly rotation: Rotation;
  /** Public keys of age for whom they are encrypted. */
  readonly recipients: readonly string[];
  /** Where they are kept besides, away from the machine. */
  readonly store?: StoreSettings | undefined;
}

/** Makes a backup in a folder, and removes those that are too old. @throws BackupError as `makeBackup` does; none is removed then */
export async function backUp(
  { folder, rotation, recipients }: BackupSettings,
  options: Pick<MakeBackupOptions, 'connectionString' | 'onTable'> & { readonly now: () => Date },
): Promise<{ readonly path: string; readonly manifest: Manifest; readonly removed: readonly string[] }> {
  const path = await newBackupPath(folder, options.now(), recipients.length > 0);
  const manifest = await makeBackup({ ...options, path, recipients });
  return { path, manifest, removed: await rotate(folder, rotation, options.now()) };
}

/**
 * Puts into the store what it lacks of the folder's backups, oldest first: also those of nights on which it was away. Then
 * removes from it what is too old.
 * @throws BackupError as the store does; what was put there before stays
 */
export async function storeBackups(
  { folder, rotation }: BackupSettings,
  settings: StoreSettings,
  now: Date,
): Promise<{ readonly put: readonly string[]; readonly removed: readonly string[] }> {
  const store = openStore(settings);
  const there = new Set((await store.list()).map(({ name }) => name));
  const missing = (await backupsIn(folder)).filter(({ path }) => !there.has(basename(path))).reverse();
  for (const { path } of missing) await store.put(path);
  return { put: missing.map(({ path }) => basename(path)), removed: await store.rotate(rotation, now) };
}
