import type { Clock, Log } from '@promptory/api/server';
import type { BackupSettings, StoreSettings } from '@promptory/db/backup';

export interface BackupOptions {
  readonly connectionString: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Backups in a folder. */
export interface Backups {
  /** Makes one, puts into the store what that lacks, and removes those that are too old. */
  make(): Promise<void>;
  /** When the newest was made; null where there is none. */
  newestMadeAt(): Promise<Date | null>;
  /** The same of the store, which is asked once an hour at most; null where it holds none or cannot be asked. */
  newestStoredAt: (() => Promise<Date | null>) | null;
}

/** Only where backups are made: its libraries take their time to load. */
const loaded = () => import('@promptory/db/backup');

/** Between two looks into the store for what it holds. */
const STORE_LOOK_MS = 3_600_000;

export function openBackups(settings: BackupSettings, { connectionString, clock, log }: BackupOptions): Backups {
  const { store } = settings;
  const looks = store && new StoreLooks(store, clock);
  return {
    async make() {
      const { backUp, rowsIn, storeBackups } = await loaded();
      const { path, manifest, removed } = await backUp(settings, { connectionString, now: () => clock.now() });
      log.info({ path, rows: rowsIn(manifest), removed: removed.length }, 'a backup was made');
      if (store === undefined) return;
      try {
        // The next night makes up for a store that is away: making another backup at once would fill the disk.
        const stored = await storeBackups(settings, store, clock.now());
        log.info({ put: stored.put, removed: stored.removed.length }, 'the store has every backup');
      } catch (error) {
        log.warn({ err: error }, 'a backup was not stored');
      }
      looks?.forget();
    },
    async newestMadeAt() {
      const { backupsIn } = await loaded();
      const [newest] = await backupsIn(settings.folder).catch(() => []);
      return newest?.madeAt ?? null;
    },
    newestStoredAt: looks === undefined ? null : () => looks.newestAt(),
  };
}

/** What a store holds, kept for an hour: metrics are read several times a minute. */
class StoreLooks {
  readonly #settings: StoreSettings;
  readonly #clock: Clock;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #newest: Promise<Date | null> = Promise.resolve(null);

  constructor(settings: StoreSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  newestAt(): Promise<Date | null> {
    const now = this.#clock.now().getTime();
    if (now - this.#lookedAt >= STORE_LOOK_MS) {
      this.#lookedAt = now;
      this.#newest = this.#look();
    }
    return this.#newest;
  }

  forget(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  async #look(): Promise<Date | null> {
    const { openStore } = await loaded();
    const [newest] = await openStore(this.#settings)
      .list()
      .catch(() => []);
    return newest?.madeAt ?? null;
  }
}
