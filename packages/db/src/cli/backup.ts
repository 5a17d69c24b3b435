import { stat } from 'node:fs/promises';
import { makeBackup, newBackupPath, rotate } from '../backup/index.ts';
import { backupSettings } from './backup-settings.ts';
import { shownNumber, tellTable } from './progress.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/** `pnpm backup`: writes one file with all that the database holds, and removes those that are too old. */
await runCommand(() =>
  withDatabase(async ({ connectionString }) => {
    const { folder, rotation, recipients } = backupSettings();
    const path = await newBackupPath(folder, new Date(), recipients.length > 0);
    const { tables, migration } = await makeBackup({ connectionString, path, recipients, onTable: tellTable });
    const { size } = await stat(path);
    const removed = await rotate(folder, rotation, new Date());
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return [
      `Wrote ${path}: ${shownNumber(rows)} rows of ${tables.length} tables at ${migration}, ${shownNumber(size)} bytes.`,
      ...removed.map((old) => `Removed ${old}.`),
    ].join('\n');
  }),
);
