import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export interface GivenCorpus {
  readonly path: string;
  readonly bytes: Buffer;
  /** As another reader of CSV sees them, strictly and all at once. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

// So many were in the collection when it was first read; it only grows.
const ROWS_AT_LEAST = 1_493;

const WHAT_TO_SET =
  'Set it to the path of the prompts.chat collection, a CSV file with the columns act and prompt: ' +
  'PROMPTORY_CORPUS=/path/to/prompts.csv pnpm test:corpus';

/** The collection that PROMPTORY_CORPUS names. Throws, with what to set, where there is none or it is not whole. */
export function givenCorpus(): GivenCorpus {
  const path = process.env.PROMPTORY_CORPUS ?? '';
  if (path === '') throw new Error(`PROMPTORY_CORPUS is not set. ${WHAT_TO_SET}`);
  const bytes = read(path);
  const rows: Record<string, string>[] = parse(bytes, { columns: true, bom: true });
  if (rows.length < ROWS_AT_LEAST) throw new Error(`${path} has ${rows.length} rows and not ${ROWS_AT_LEAST} or more.`);
  return { path, bytes, rows };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`PROMPTORY_CORPUS names a file that cannot be read (${String(error)}). ${WHAT_TO_SET}`);
  }
}
