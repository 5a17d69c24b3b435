import { restoreBackup, rowsIn } from '../backup/index.ts';
import { withBackup } from './backup-argument.ts';
import { backupSettings } from './backup-settings.ts';
import { shownNumber, tellTable } from './progress.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/**
 * `pnpm restore <file>`: puts a backup into an empty database, and migrates it to this release. `store:newest` and
 * `store:<name>` are of BACKUP_STORE.
 */
await runCommand(([file]) => {
  if (file === undefined)
    throw new Error(
      'Usage: pnpm restore <file>, of a backup that `pnpm backup` wrote, or store:<name>, of one in BACKUP_STORE.',
    );
  return withBackup(file, restore);
});

function restore(path: string): Promise<string> {
  return withDatabase(async (database) => {
    const { identities } = backupSettings();
    const { manifest, jobsLeftOut } = await restoreBackup({
      ...database,
      path,
      identities,
      onStep: (sentence) => process.stderr.write(`${sentence}\n`),
      onTable: tellTable,
    });
    const left = jobsLeftOut === 0 ? '' : ` ${jobsLeftOut} waiting jobs were left out: this release has another queue.`;
    return `Restored ${shownNumber(rowsIn(manifest))} rows as they were at ${manifest.madeAt}, each table compared.${left}`;
  });
}
