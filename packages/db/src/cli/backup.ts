import { stat } from 'node:fs/promises';
import { BackupError, backUp, rowsIn, storeBackups } from '../backup/index.ts';
import { backupSettings } from './backup-settings.ts';
import { shownNumber, tellTable } from './progress.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/**
 * `pnpm backup`: writes one file with all that the database holds, puts into the store what that lacks, and removes those that
 * are too old.
 */
await runCommand(() =>
  withDatabase(async ({ connectionString }) => {
    const settings = backupSettings();
    const now = (): Date => new Date();
    const { path, manifest, removed } = await backUp(settings, { connectionString, now, onTable: tellTable });
    const { tables, migration } = manifest;
    const { size } = await stat(path);
    const wrote = `Wrote ${path}: ${shownNumber(rowsIn(manifest))} rows of ${tables.length} tables at ${migration}, ${shownNumber(size)} bytes.`;
    const { store } = settings;
    const stored = store && (await storeBackups(settings, store, now()).catch(wroteBefore(wrote)));
    return [
      wrote,
      ...removed.map((old) => `Removed ${old}.`),
      ...(stored?.put.map((name) => `Put ${name} into ${store?.url}.`) ?? []),
      ...(stored?.removed.map((name) => `Removed ${name} from ${store?.url}.`) ?? []),
    ].join('\n');
  }),
);

/** The file is there all the same. */
function wroteBefore(wrote: string) {
  return (cause: unknown): never => {
    throw new BackupError(`${wrote} ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  };
}
