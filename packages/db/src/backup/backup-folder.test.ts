import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { backupsIn, newBackupPath, newestBackup, rotate } from './backup-folder.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-backups-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function filled(folder: string, days: readonly string[]): Promise<void> {
  for (const day of days) {
    const path = await newBackupPath(folder, new Date(`${day}T03:00:00Z`), day.endsWith('1'));
    await writeFile(path, '');
  }
}

const NOW = new Date('2026-11-30T03:00:00Z');
const namesIn = async (folder: string): Promise<string[]> =>
  (await backupsIn(folder)).map(({ path }) => basename(path));

it('names a backup by its second, in a folder that only its owner enters', async () => {
  const folder = join(await emptyFolder(), 'made');
  expect(basename(await newBackupPath(folder, new Date('2026-11-30T01:02:03.456Z'), false))).toBe(
    'promptory-20261130T010203Z.zip',
  );
  expect(basename(await newBackupPath(folder, NOW, true))).toBe('promptory-20261130T030000Z.zip.age');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

it('finds the newest, and takes nothing of another name for one', async () => {
  const folder = await emptyFolder();
  await expect(newestBackup(folder)).rejects.toThrow(/holds no backup/);
  await expect(newestBackup(join(folder, 'none'))).rejects.toThrow(/cannot be read/);
  await filled(folder, ['2026-11-28', '2026-11-01', '2026-11-29']);
  for (const name of ['promptory-20261130T010203Z.zip.unfinished', 'notes.zip'])
    await writeFile(join(folder, name), '');
  expect((await newestBackup(folder)).madeAt).toEqual(new Date('2026-11-29T03:00:00Z'));
  expect(await namesIn(folder)).toEqual([
    'promptory-20261129T030000Z.zip',
    'promptory-20261128T030000Z.zip',
    'promptory-20261101T030000Z.zip.age',
  ]);
});

it('removes what a process that was killed had begun, once nothing has written to it for a day', async () => {
  const folder = await emptyFolder();
  const [left, fresh] = ['promptory-20261128T010203Z.zip.unfinished', 'promptory-20261129T010203Z.zip.age.unfinished'];
  for (const [name, at] of [
    [left, '2026-11-29T02:59:59Z'],
    [fresh, '2026-11-29T03:00:00Z'],
  ] as const) {
    await writeFile(join(folder, name), '');
    await utimes(join(folder, name), new Date(at), new Date(at));
  }
  expect(await rotate(folder, {}, NOW)).toEqual([join(folder, left)]);
  expect(await readdir(folder)).toEqual([fresh]);
});

it('removes what is older than it may be, but never the least number, and no other file', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'notes.zip'), '');
  await filled(folder, ['2026-10-01', '2026-10-29', '2026-10-31', '2026-11-20']);
  expect(await rotate(folder, { days: 30, least: 4 }, NOW)).toEqual([]);
  const removed = await rotate(folder, { days: 30, least: 3 }, NOW);
  expect(removed.map((path) => basename(path))).toEqual(['promptory-20261001T030000Z.zip.age']);
  // Thirty days to the second are not more than thirty.
  expect(await rotate(folder, { days: 30, least: 0 }, NOW)).toHaveLength(1);
  expect(await namesIn(folder)).toEqual(['promptory-20261120T030000Z.zip', 'promptory-20261031T030000Z.zip.age']);
  expect(await rotate(folder, { days: 0, least: 0 }, NOW)).toHaveLength(1);
  expect((await readdir(folder)).sort()).toEqual(['notes.zip', 'promptory-20261120T030000Z.zip']);
});
