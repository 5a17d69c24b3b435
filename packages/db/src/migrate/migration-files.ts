import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Migration } from 'kysely/migration';

/** Where the migrations lie: in the folder beside this one, as .ts in the source tree and .js in what is built. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));

/** `20261122T090000_name`: UTC time, then what it does. */
export const MIGRATION_NAME = /^\d{8}T\d{6}_[a-z0-9]+(?:_[a-z0-9]+)*$/;

/** One step of the schema. `transaction` false: runs outside one, as CREATE INDEX CONCURRENTLY must. */
export interface MigrationStep extends Migration {
  transaction?: boolean;
}

interface MigrationFile {
  name: string;
  path: string;
}

async function listMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const { name, ext } = parse(file);
    if (!['.js', '.ts'].includes(ext) || ['.d', '.test'].includes(extname(name))) continue;
    if (!MIGRATION_NAME.test(name))
      throw new Error(`${file} is no migration's name: expected 20261122T090000_name.ts.`);
    files.push({ name, path: join(folder, file) });
  }
  return files;
}

/** The names of all migrations, in their order; loads none of them. */
export async function migrationNames(folder: string = MIGRATIONS_FOLDER): Promise<string[]> {
  return (await listMigrationFiles(folder)).map(({ name }) => name);
}

/** Imports every migration of a folder, by name. Throws when a file is misnamed or has no up(). */
export async function readMigrations(folder: string): Promise<Record<string, MigrationStep>> {
  const steps: Record<string, MigrationStep> = {};
  for (const { name, path } of await listMigrationFiles(folder)) {
    const loaded: unknown = await import(/* @vite-ignore */ pathToFileURL(path).href);
    if (!isMigrationStep(loaded)) throw new Error(`The migration ${name} exports no function up().`);
    steps[name] = loaded;
  }
  return steps;
}

function isMigrationStep(value: unknown): value is MigrationStep {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'up') === 'function';
}

/** A short hash over names and texts of all migrations: two equal hashes mean one and the same schema. */
export async function hashMigrations(folder: string = MIGRATIONS_FOLDER): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, path } of await listMigrationFiles(folder)) {
    hash
      .update(`${name}\0`)
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
