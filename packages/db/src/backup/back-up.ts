import { newBackupPath, type Rotation, rotate } from './backup-folder.ts';
import { type MakeBackupOptions, makeBackup } from './make-backup.ts';
import type { Manifest } from './manifest.ts';

/** Where backups are kept, and for whom. */
export interface BackupSettings {
  readonly folder: string;
  readonly rotation: Rotation;
  /** Public keys of age for whom they are encrypted. */
  readonly recipients: readonly string[];
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
