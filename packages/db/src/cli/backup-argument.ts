import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupError, newestBackup, openStore } from '../backup/index.ts';
import { backupSettings, givenPath } from './backup-settings.ts';

const IN_STORE = /^store:(?<name>.*)$/;

/**
 * Calls `use` with the path of the backup that an argument means: a file, `store:<name>` for one of BACKUP_STORE,
 * `store:newest` for its newest, or none for the newest of BACKUP_FOLDER. What is fetched is gone afterwards.
 * @throws BackupError where it is not there
 */
export async function withBackup<Answer>(
  argument: string | undefined,
  use: (path: string) => Promise<Answer>,
): Promise<Answer> {
  const { folder, store: settings } = backupSettings();
  if (argument === undefined) return use((await newestBackup(folder)).path);
  const asked = IN_STORE.exec(argument)?.groups?.name;
  if (asked === undefined) return use(givenPath(argument));
  if (settings === undefined) throw new BackupError('BACKUP_STORE says where the store is, and is not set.');
  const store = openStore(settings);
  const scratch = await mkdtemp(join(tmpdir(), 'promptory-fetched-'));
  try {
    const name = asked === 'newest' ? (await store.list())[0]?.name : asked;
    if (name === undefined) throw new BackupError(`${settings.url} holds no backup.`);
    return await use(await store.fetch(name, scratch));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
