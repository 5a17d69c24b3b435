import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, Failure } from '../failure.ts';
import { writeAtomically } from './write-atomically.ts';

/** The keys of the servers that somebody has signed in to, and the one that is meant where none is named. */
export interface KeptLogins {
  readonly current: string | null;
  /** Address → API key. */
  readonly keys: Readonly<Record<string, string>>;
}

const NONE: KeptLogins = { current: null, keys: {} };

const fileIn = (folder: string) => join(folder, 'logins.json');

/** @throws Failure for a file that is none of ours */
export async function readLogins(folder: string): Promise<KeptLogins> {
  const text = await readFile(fileIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return NONE;
  try {
    const { current, keys } = JSON.parse(text) as { current: unknown; keys: unknown };
    const entries = Object.entries(keys as object).filter(([, key]) => typeof key === 'string');
    return { current: typeof current === 'string' ? current : null, keys: Object.fromEntries(entries) };
  } catch {
    throw new Failure(ExitCode.refused, `${fileIn(folder)} cannot be read: delete it, and run \`promptory login\`.`);
  }
}

/** For nobody's eyes but their owner's. */
export async function writeLogins(folder: string, logins: KeptLogins): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // One that was there may have been open to others.
  await chmod(folder, 0o700);
  await writeAtomically(fileIn(folder), `${JSON.stringify(logins, null, 2)}\n`, 0o600);
}
