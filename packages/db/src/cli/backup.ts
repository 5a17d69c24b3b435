import { stat } from 'node:fs/promises';
import { backUp, rowsIn } from '../backup/index.ts';
import { backupSettings } from './backup-settings.ts';
import { shownNumber, tellTable } from './progress.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

/** `pnpm backup`: writes one file with all that the database holds, and removes those that are too old. */
await runCommand(() =>
  withDatabase(async ({ connectionString }) => {
    const now = (): Date => new Date();
    const { path, manifest, removed } = await backUp(backupSettings(), { connectionString, now, onTable: tellTable });
    const { tables, migration } = manifest;
    const { size } = await stat(path);
    return [
      `Wrote ${path}: ${shownNumber(rowsIn(manifest))} rows of ${tables.length} tables at ${migration}, ${shownNumber(size)} bytes.`,
      ...removed.map((old) => `Removed ${old}.`),
    ].join('\n');
  }),
);
