import { access, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity } from 'age-encryption';
import { sql } from 'kysely';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { writeArchive } from '../src/backup/archive/write-archive.ts';
import { restoreBackup } from '../src/backup/restore-backup.ts';
import { withSession } from '../src/backup/with-session.ts';
import { withFolderLock } from '../src/embedded/ownership/folder-lock.ts';
import { endError } from '../src/embedded/server/watch-server.ts';
import {
  countPending,
  MigrationError,
  migrateDown,
  migrateToLatest,
  migrationStatus,
  rightsOf,
} from '../src/migrate/migrator.ts';
import { givenDatabase } from './index.ts';

// What opens a session, a file or a lock closes it, when it is done and when it fails.

const { db, connectionString } = await givenDatabase();
const folder = await mkdtemp(join(tmpdir(), 'promptory-left-open-'));
afterAll(() => rm(folder, { recursive: true }));

/** A folder of migrations of its own, by name. */
async function migrations(name: string, texts: Readonly<Record<string, string>>): Promise<string> {
  const own = await mkdtemp(join(folder, `${name}-`));
  for (const [file, text] of Object.entries(texts)) await writeFile(join(own, `${file}.js`), text);
  return own;
}

const executed = (text: string): string =>
  `db.getExecutor().executeQuery({ sql: ${JSON.stringify(text)}, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: 'q' } })`;
const step = (text: string): string => `export async function up(db) { await ${executed(text)}; }
export async function down(db) { await ${executed(text)}; }`;

/** Whether sessions of what is tried are still there after some looks: an idle one ends by itself, but ten seconds later. */
async function areLeft(): Promise<boolean> {
  for (let looks = 0; looks < 200; looks += 1) {
    const { rows } = await sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('promptory-migrate', 'tried')
    `.execute(db);
    if (rows.length === 0) return false;
  }
  return true;
}

const steps = await migrations('steps', { '20260101T000000_nothing': step('SELECT 1') });
const failing = await migrations('failing', {
  '20260101T000000_nothing': step('SELECT 1'),
  '20260101T000001_failing': step('SELECT 1 / 0'),
});

describe('a session', () => {
  const own = { connectionString, jobQueue: false };
  const tried = (fn: () => Promise<unknown>) => withSession(connectionString, 'tried', fn);
  /** In their order: each finds what those before it have left of the migrations. */
  const works: ReadonlyArray<readonly [string, () => Promise<unknown>, 'done' | 'failed']> = [
    ['of the rights of a role', () => rightsOf({ connectionString }), 'done'],
    ['of a question', () => tried(async () => 1), 'done'],
    ['of a question that fails', () => tried(() => Promise.reject(new Error('asked wrongly'))), 'failed'],
    ['of a migrator', () => migrateToLatest({ ...own, folder: steps }), 'done'],
    ['of the state of migrations', () => migrationStatus({ connectionString, folder: steps }), 'done'],
    ['of what is pending', () => countPending({ connectionString, folder: steps }), 'done'],
    ['of a migrator that fails', () => migrateToLatest({ ...own, folder: failing }), 'failed'],
    ['of a migrator that takes back', () => migrateDown({ ...own, folder: failing }), 'done'],
  ];

  it('is not there before', async () => {
    await sql`DROP TABLE IF EXISTS kysely_migration, kysely_migration_lock`.execute(db);
    expect(await areLeft()).toBe(false);
  });

  it.each(works)('%s ends with it', async (_what, work, outcome) => {
    expect(
      await work().then(
        () => 'done',
        () => 'failed',
      ),
    ).toBe(outcome);
    expect(await areLeft()).toBe(false);
  });

  it('of a state that cannot be read ends too', async () => {
    await sql`ALTER TABLE kysely_migration RENAME COLUMN name TO other`.execute(db);
    for (const work of [migrationStatus, countPending]) {
      await expect(work({ connectionString, folder: steps })).rejects.toThrow('name');
      expect(await areLeft()).toBe(false);
    }
    await sql`DROP TABLE kysely_migration`.execute(db);
  });

  it('that is ended amid a migration is its failure, and nobody else’s', async () => {
    const waiting = await migrations('waiting', { '20260101T000000_waiting': step('SELECT pg_sleep(20)') });
    const migrating = migrateToLatest({ ...own, folder: waiting });
    const failure = expect(migrating).rejects.toThrow(MigrationError);
    const end = async () =>
      (
        await sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'promptory-migrate'
            AND EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(20)' AND state = 'active')
        `.execute(db)
      ).rows.length;
    // The one that waits for its turn, and the one that migrates.
    await expect.poll(end).toBeGreaterThanOrEqual(2);
    await failure;
    expect(await areLeft()).toBe(false);
  });
});

/** The lowest number of a file that is free: one higher for each that was left open. */
async function nextFile(): Promise<number> {
  const file = await open(join(folder, 'log'), 'a');
  const { fd } = file;
  await file.close();
  return fd;
}

it('a log that was looked into is closed, whatever is in it', async () => {
  const before = await nextFile();
  for (let times = 0; times < 5; times += 1) await endError(folder, join(folder, 'log'));
  expect(await nextFile()).toBe(before);
});

describe('a backup that cannot be restored', async () => {
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const identities = join(folder, 'identities.txt');
  await writeFile(identities, await generateIdentity());
  const tried = (path: string) => restoreBackup({ connectionString, path, identities });

  it('is closed', async () => {
    const path = join(folder, 'empty.zip');
    await writeArchive(path, [], { madeAt: new Date(0), recipients: [] });
    const before = await nextFile();
    for (let times = 0; times < 5; times += 1) await expect(tried(path)).rejects.toThrow('holds no');
    expect(await nextFile()).toBe(before);
  });

  it('leaves nothing of what was decrypted', async () => {
    const path = join(folder, 'broken.zip.age');
    await writeFile(path, 'no file of age');
    vi.stubEnv('TMPDIR', scratch);
    await expect(tried(path)).rejects.toThrow(path);
    vi.unstubAllEnvs();
    expect(await readdir(scratch)).toEqual([]);
  });
});

it('a lock on a folder is gone after what was done under it, and after what failed', async () => {
  const lock = join(folder, 'lock');
  const isThere = () =>
    access(lock).then(
      () => true,
      () => false,
    );
  expect(await withFolderLock(lock, isThere)).toBe(true);
  expect(await isThere()).toBe(false);
  await expect(withFolderLock(lock, () => Promise.reject(new Error('not done')))).rejects.toThrow('not done');
  expect(await isThere()).toBe(false);
});
