import { resolve } from 'node:path';
import type { Clock, Log } from '@promptory/api/server';
import type { Rotation } from '@promptory/db/backup';

export interface BackupOptions {
  /** From which paths of the settings are meant. */
  readonly root: string;
  readonly folder: string;
  readonly rotation: Rotation;
  /** Public keys of age for whom they are encrypted. */
  readonly recipients: readonly string[];
  readonly connectionString: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
}

/** Backups in a folder. */
export interface Backups {
  /** Makes one, and removes those that are too old. */
  make(): Promise<void>;
  /** When the newest was made; null where there is none. */
  newestMadeAt(): Promise<Date | null>;
}

/** Only where backups are made: its libraries take their time to load. */
const loaded = () => import('@promptory/db/backup');

export function openBackups(options: BackupOptions): Backups {
  const { rotation, recipients, connectionString, clock, log } = options;
  const folder = resolve(options.root, options.folder);
  return {
    async make() {
      const { makeBackup, newBackupPath, rotate } = await loaded();
      const path = await newBackupPath(folder, clock.now(), recipients.length > 0);
      const { tables } = await makeBackup({ connectionString, path, recipients });
      const removed = await rotate(folder, rotation, clock.now());
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      log.info({ path, rows, removed: removed.length }, 'a backup was made');
    },
    async newestMadeAt() {
      const { backupsIn } = await loaded();
      const [newest] = await backupsIn(folder).catch(() => []);
      return newest?.madeAt ?? null;
    },
  };
}
