import type { Clock, Log } from '@promptory/api/server';
import type { BackupSettings } from '@promptory/db/backup';

export interface BackupOptions {
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

export function openBackups(settings: BackupSettings, { connectionString, clock, log }: BackupOptions): Backups {
  return {
    async make() {
      const { backUp, rowsIn } = await loaded();
      const { path, manifest, removed } = await backUp(settings, { connectionString, now: () => clock.now() });
      log.info({ path, rows: rowsIn(manifest), removed: removed.length }, 'a backup was made');
    },
    async newestMadeAt() {
      const { backupsIn } = await loaded();
      const [newest] = await backupsIn(settings.folder).catch(() => []);
      return newest?.madeAt ?? null;
    },
  };
}
