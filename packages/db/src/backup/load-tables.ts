import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Archive } from './archive/read-archive.ts';
import { BackupError } from './backup-error.ts';
import { copyIn, copyOut, type KeptTable, keptTables, type Partition, PLAIN_FORMS } from './kept-tables.ts';
import { type BackupTable, fileOf, type Manifest } from './manifest.ts';
import { DigestingRows } from './rows-digest.ts';

const PARTITION = /^public\.usage_events_\d{6}$/;
const BOUND = /^FOR VALUES FROM \('[\d :+-]{10,32}'\) TO \('[\d :+-]{10,32}'\)$/;

/**
 * Puts the rows of a backup in the place of those that migrations have made, in one transaction: with no trigger run, every
 * reference checked, and each table read back and compared.
 * @throws BackupError where a table is not as the backup says, and nothing is loaded then
 */
export async function loadTables(
  client: pg.Client,
  archive: Archive,
  { manifest, tables }: { readonly manifest: Manifest; readonly tables: readonly BackupTable[] },
  onTable?: (table: BackupTable, of: { readonly done: number; readonly tables: number }) => void,
): Promise<void> {
  await client.query(`BEGIN; ${PLAIN_FORMS}`);
  const there = new Map((await keptTables(client)).map((table) => [table.name, table]));
  for (const table of tables) requireSame(table, there.get(table.name));
  const names = tables.map(({ name }) => name);
  const references = await referencesOf(client);
  await client.query(
    [
      ...references.map(({ table, name }) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}`),
      ...names.map((name) => `ALTER TABLE ${name} DISABLE TRIGGER USER`),
      `TRUNCATE ${names.join(', ')}`,
    ].join(';\n'),
  );
  await makePartitions(client, manifest.usagePartitions);
  let done = 0;
  for (const table of tables) {
    await pipeline(await archive.open(fileOf(table)), client.query(copyFrom(copyIn(table))));
    await requireRows(client, table);
    done += 1;
    onTable?.(table, { done, tables: tables.length });
  }
  await continueSequences(client, names);
  await client.query(
    [
      ...names.map((name) => `ALTER TABLE ${name} ENABLE TRIGGER USER`),
      ...references.map(({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`),
    ].join(';\n'),
  );
  await client.query('COMMIT');
}

function requireSame(table: BackupTable, there: KeptTable | undefined): void {
  const isSame = there !== undefined && [...there.columns].sort().join() === [...table.columns].sort().join();
  if (!isSame) throw new BackupError(`The backup's table ${table.name} has other columns than the migrations make.`);
}

/** @throws BackupError where the table does not hold what the backup says */
async function requireRows(client: pg.Client, table: BackupTable): Promise<void> {
  const digest = new DigestingRows();
  await pipeline(client.query(copyTo(copyOut(table))), digest.resume());
  const { rows } = digest.found;
  if (rows !== table.rows || digest.found.digest !== table.digest)
    throw new BackupError(`${table.name} holds ${rows} rows that are not the ${table.rows} of the backup.`);
}

interface Reference {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Foreign keys, but those that partitions have of their table. */
async function referencesOf(client: pg.Client): Promise<Reference[]> {
  const { rows } = await client.query<Reference>(
    `SELECT format('%I.%I', nspname, relname) AS table, quote_ident(conname) AS name, pg_get_constraintdef(pg_constraint.oid) AS definition
     FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE contype = 'f' AND conparentid = 0 AND nspname IN ('public', 'graphile_worker')
     ORDER BY 1, 2`,
  );
  return rows;
}

async function makePartitions(client: pg.Client, partitions: readonly Partition[]): Promise<void> {
  for (const { name, bound } of partitions) {
    if (!PARTITION.test(name) || !BOUND.test(bound)) throw new BackupError(`${name} is no partition of uses.`);
    await client.query(`CREATE TABLE IF NOT EXISTS ${name} PARTITION OF public.usage_events ${bound}`);
  }
}

/** The next value of each column that counts by itself is one that no row has. */
async function continueSequences(client: pg.Client, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `SELECT objid::regclass::text AS sequence, refobjid::regclass::text AS table, quote_ident(attname) AS column
     FROM pg_depend JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
       JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
     WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
       AND refobjid = ANY ($1::regclass[])`,
    [names],
  );
  for (const { sequence, table, column } of rows) {
    await client.query(
      `SELECT setval(${pg.escapeLiteral(sequence)}, coalesce(max(${column}), 0) + 1, false) FROM ${table}`,
    );
  }
}
