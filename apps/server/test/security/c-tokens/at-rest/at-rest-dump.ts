import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BootedApp } from '../../../harness/boot.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/** Every row of every table of every schema as text, the queue's and those of extensions too; bytes are in hex. */
export async function rowsAsText({ database }: BootedApp): Promise<string> {
  const { rows: tables } = await database.pool.query<{ name: string }>(`
    SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'm') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
  `);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} AS t`);
    texts.push(`${name}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  return texts.join('\n');
}

/** What `pg_dump` writes, or null where there is none that can read this server. */
export async function dumpAsText({ database }: BootedApp): Promise<string | null> {
  try {
    const options = { maxBuffer: MOST_BYTES };
    const { stdout } = await promisify(execFile)('pg_dump', ['--inserts', database.connectionString], options);
    return stdout;
  } catch {
    return null;
  }
}
