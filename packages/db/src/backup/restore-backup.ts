import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type pg from 'pg';
import { migrateToLatest, migrationStatus } from '../migrate/migrator.ts';
import { decryptFile } from './archive/encryption.ts';
import { type Archive, openArchive } from './archive/read-archive.ts';
import { BackupError } from './backup-error.ts';
import { loadTables } from './load-tables.ts';
import { type BackupTable, MANIFEST, type Manifest, readManifest } from './manifest.ts';
import { withSession } from './with-session.ts';

const SESSION = 'promptory-restore';

export interface RestoreBackupOptions {
  /** Of the database's owner: it must be empty. */
  readonly connectionString: string;
  /** Of the application, whose role gets its rights. */
  readonly applicationConnectionString?: string | undefined;
  readonly path: string;
  /** The file of secret keys of age, for one that is encrypted. */
  readonly identities?: string | undefined;
  /** Called with what comes next. */
  readonly onStep?: (sentence: string) => void;
  readonly onTable?: (table: BackupTable, of: { readonly done: number; readonly tables: number }) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Jobs that were left out, as the job queue of this release has other tables than that of the backup. */
  readonly jobsLeftOut: number;
}

/**
 * Restores a backup into an empty database: reads all of the file first, makes the schema as it was, loads the rows and
 * compares them with what the backup says, then migrates on to this release.
 * @throws BackupError where the file is damaged or of a later release, or the database is not empty: nothing is changed then
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<Restored> {
  options.onStep?.('Reading the backup.');
  return withPlainFile(options, async (plain) => {
    const archive = await openArchive(plain);
    try {
      return await restoreArchive(archive, options);
    } finally {
      archive.close();
    }
  });
}

/** Decrypts what is encrypted, into a folder that is gone afterwards. */
async function withPlainFile<T>(
  { path, identities }: Pick<RestoreBackupOptions, 'path' | 'identities'>,
  fn: (plain: string) => Promise<T>,
): Promise<T> {
  if (!path.endsWith('.age')) return fn(path);
  if (identities === undefined)
    throw new BackupError(`${path} is encrypted: BACKUP_AGE_IDENTITIES names the file of the key that opens it.`);
  const folder = await mkdtemp(join(tmpdir(), 'promptory-restore-'));
  try {
    const plain = join(folder, basename(path, '.age'));
    await decryptFile(path, plain, identities);
    return await fn(plain);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function restoreArchive(archive: Archive, options: RestoreBackupOptions): Promise<Restored> {
  const { connectionString, applicationConnectionString, path, onStep, onTable } = options;
  const manifest = readManifest(await archive.readText(MANIFEST), path);
  await requireKnown(manifest, connectionString);
  await withSession(connectionString, SESSION, requireEmpty);
  onStep?.(`Making the schema of ${manifest.migration}.`);
  await migrateToLatest({ connectionString, until: manifest.migration });
  onStep?.('Loading the rows.');
  const jobsLeftOut = await withSession(connectionString, SESSION, async (client) => {
    const { tables, jobsLeftOut: left } = await tablesToLoad(client, manifest);
    await loadTables(client, archive, { manifest, tables }, onTable);
    await client.query('ANALYZE');
    return left;
  });
  onStep?.('Migrating to this release.');
  await migrateToLatest({ connectionString, applicationConnectionString });
  return { manifest, jobsLeftOut };
}

/** @throws BackupError where this release does not have the migration that the backup stands at */
async function requireKnown({ migration, madeAt }: Manifest, connectionString: string): Promise<void> {
  const known = await migrationStatus({ connectionString });
  if (!known.some(({ name }) => name === migration))
    throw new BackupError(
      `The backup of ${madeAt} stands at the migration ${migration}, which this release does not know: restore it with the release that made it, or a later one.`,
    );
}

async function requireEmpty(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', nspname, relname) AS name
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
     ORDER BY name LIMIT 1`,
  );
  if (rows.length > 0)
    throw new BackupError(
      `The database is not empty: it holds ${rows[0]?.name}. A backup is restored into an empty database only; make one with CREATE DATABASE.`,
    );
}

async function tablesToLoad(
  client: pg.Client,
  manifest: Manifest,
): Promise<{ tables: readonly BackupTable[]; jobsLeftOut: number }> {
  const { rows } = await client.query<{ id: number }>('SELECT max(id) AS id FROM graphile_worker.migrations');
  if (rows[0]?.id === manifest.jobQueue) return { tables: manifest.tables, jobsLeftOut: 0 };
  const isOfQueue = ({ name }: BackupTable): boolean => name.startsWith('graphile_worker.');
  const jobs = manifest.tables.find(({ name }) => name === 'graphile_worker._private_jobs');
  return { tables: manifest.tables.filter((table) => !isOfQueue(table)), jobsLeftOut: jobs?.rows ?? 0 };
}
