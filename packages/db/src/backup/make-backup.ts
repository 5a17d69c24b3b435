import { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type ArchiveEntry, writeArchive } from './archive/write-archive.ts';
import { BackupError } from './backup-error.ts';
import { copyOut, type KeptTable, keptTables, PLAIN_FORMS, usagePartitions } from './kept-tables.ts';
import { type BackupTable, fileOf, MANIFEST, type Manifest, newManifest } from './manifest.ts';
import { DigestingRows } from './rows-digest.ts';
import { withSession } from './with-session.ts';

export interface MakeBackupOptions {
  /** Of the schema's owner, or of the application: both may read all rows. */
  readonly connectionString: string;
  /** Of the file to write, which must not be there. */
  readonly path: string;
  /** Public keys of age for whom it is encrypted. */
  readonly recipients?: readonly string[];
  /** Called as each table is written. */
  readonly onTable?: (table: BackupTable, of: { readonly done: number; readonly tables: number }) => void;
}

/**
 * Writes the rows of every table as one snapshot shows them, compressed, with what they are checked by. It reads only, in
 * one transaction, and waits for nobody who writes; a migration waits for it.
 * @throws BackupError where the database is not migrated
 */
export function makeBackup({ connectionString, ...options }: MakeBackupOptions): Promise<Manifest> {
  return withSession(connectionString, 'promptory-backup', (client) => writeBackup(client, options));
}

async function writeBackup(
  client: pg.Client,
  { path, recipients = [], onTable }: Omit<MakeBackupOptions, 'connectionString'>,
): Promise<Manifest> {
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${PLAIN_FORMS}`);
  const state = await stateOf(client);
  const tables = await keptTables(client);
  await client.query(`LOCK TABLE ${tables.map(({ name }) => name).join(', ')} IN ACCESS SHARE MODE`);
  const partitions = await usagePartitions(client);
  const done: BackupTable[] = [];
  let manifest: Manifest | undefined;
  const rowsOf = (table: KeptTable): Readable => {
    const digest = new DigestingRows();
    digest.once('end', () => {
      const written = { ...table, ...digest.found };
      done.push(written);
      onTable?.(written, { done: done.length, tables: tables.length });
    });
    const rows = client.query(copyTo(copyOut(table)));
    // Also after the archive has failed, when nobody listens any more.
    digest.on('error', () => undefined);
    rows.on('error', (error) => digest.destroy(error));
    return rows.pipe(digest);
  };
  const entries = tables.map((table): ArchiveEntry => ({ name: fileOf(table), open: () => rowsOf(table) }));
  const last: ArchiveEntry = {
    name: MANIFEST,
    open: () => {
      manifest = newManifest({ ...state, tables: done, usagePartitions: partitions });
      return Readable.from([`${JSON.stringify(manifest, null, 2)}\n`]);
    },
  };
  await writeArchive(path, [...entries, last], { madeAt: new Date(state.madeAt), recipients });
  await client.query('COMMIT');
  if (manifest === undefined) throw new BackupError('The backup has no manifest.');
  return manifest;
}

/** The state of the schema, and when the snapshot is taken. */
async function stateOf(client: pg.Client): Promise<Pick<Manifest, 'madeAt' | 'migration' | 'jobQueue' | 'postgresql'>> {
  const { rows: there } = await client.query<{ migrated: boolean }>(
    `SELECT to_regclass('public.kysely_migration') IS NOT NULL
       AND to_regclass('graphile_worker.migrations') IS NOT NULL AS migrated`,
  );
  if (there[0]?.migrated !== true) throw new BackupError('The database is not migrated: there is nothing to keep.');
  const { rows } = await client.query<{
    madeAt: Date;
    migration: string | null;
    jobQueue: number;
    postgresql: string;
  }>(
    `SELECT now() AS "madeAt", (SELECT max(name) FROM public.kysely_migration) AS migration,
       (SELECT max(id) FROM graphile_worker.migrations) AS "jobQueue",
       split_part(current_setting('server_version'), ' ', 1) AS postgresql`,
  );
  const [state] = rows;
  if (state === undefined || state.migration === null)
    throw new BackupError('No migration has run: there is nothing to keep.');
  return { ...state, migration: state.migration, madeAt: state.madeAt.toISOString() };
}
