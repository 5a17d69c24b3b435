import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreBackup, rowsIn } from '../backup/index.ts';
import { openEmbedded } from '../embedded/index.ts';
import { withBackup } from './backup-argument.ts';
import { backupSettings } from './backup-settings.ts';
import { shownNumber, tellTable } from './progress.ts';
import { runCommand } from './run-command.ts';

/**
 * `pnpm backup:drill [file]`: restores the newest backup, or the one that is named, into a PostgreSQL of its own that is
 * gone afterwards, and says whether each table is as it was. `store:newest` and `store:<name>` are of BACKUP_STORE.
 */
await runCommand(([file]) => withBackup(file, drill));

async function drill(path: string): Promise<string> {
  const { identities } = backupSettings();
  const scratch = await mkdtemp(join(tmpdir(), 'promptory-drill-'));
  const started = performance.now();
  try {
    const embedded = await openEmbedded({ folder: scratch });
    try {
      const { manifest } = await restoreBackup({
        connectionString: embedded.ownerConnectionString,
        applicationConnectionString: embedded.connectionString,
        path,
        identities,
        onTable: tellTable,
      });
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      return `${path} restores: ${shownNumber(rowsIn(manifest))} rows of ${manifest.tables.length} tables as they were at ${manifest.madeAt}, in ${seconds} s.`;
    } finally {
      await embedded.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
