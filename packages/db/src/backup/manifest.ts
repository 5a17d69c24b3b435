import { BackupError } from './backup-error.ts';
import type { KeptTable, Partition } from './kept-tables.ts';
import type { RowsDigest } from './rows-digest.ts';

export const MANIFEST = 'manifest.json';
const VERSION = 1;

export interface BackupTable extends KeptTable, RowsDigest {}

/** What a backup says of itself. */
export interface Manifest {
  /** Of this form. */
  readonly promptoryBackup: typeof VERSION;
  /** When its snapshot was taken, by the database: ISO 8601. */
  readonly madeAt: string;
  /** The migration that ran last. */
  readonly migration: string;
  /** The same of the job queue. */
  readonly jobQueue: number;
  /** The server's version, such as `18.4`. */
  readonly postgresql: string;
  readonly tables: readonly BackupTable[];
  readonly usagePartitions: readonly Partition[];
}

/** How many rows it holds. */
export const rowsIn = ({ tables }: Pick<Manifest, 'tables'>): number => tables.reduce((sum, { rows }) => sum + rows, 0);

/** The name of a table's file within the archive. */
export const fileOf = ({ name }: Pick<KeptTable, 'name'>): string => `${name}.copy`;

export const newManifest = (parts: Omit<Manifest, 'promptoryBackup'>): Manifest => ({
  promptoryBackup: VERSION,
  ...parts,
});

/** @throws BackupError where it is no manifest, or one of a form that is not known */
export function readManifest(text: string, path: string): Manifest {
  const value: unknown = parsed(text, path);
  if (typeof value !== 'object' || value === null || !('promptoryBackup' in value))
    throw new BackupError(`${path} is no backup of Promptory.`);
  if (value.promptoryBackup !== VERSION)
    throw new BackupError(`${path} has a form that a later release of Promptory writes.`);
  // Its seal says that it is as it was written, and its form what that is.
  return value as Manifest;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BackupError(`${path} has a manifest that is no JSON.`, { cause });
  }
}
