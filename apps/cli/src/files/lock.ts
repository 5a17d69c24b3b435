import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../account/write-atomically.ts';
import { ExitCode, Failure } from '../failure.ts';

const NAME = 'promptory.lock.json';

/** What a file and its prompt were when they were last the same. */
export interface LockEntry {
  readonly id: string;
  readonly version: number;
  /** Hashes of what the file said, and of what the server answered: the server may order tags otherwise. */
  readonly file: string;
  readonly server: string;
}

/** Slug → entry, of one server. */
export interface Lock {
  readonly url: string;
  readonly entries: ReadonlyMap<string, LockEntry>;
}

/** @throws Failure for a lock of another server, or none of ours */
export async function readLock(root: string, url: string): Promise<Lock> {
  const path = join(root, NAME);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (text === null) return { url, entries: new Map() };
  const lock = parsed(text);
  if (lock === null)
    throw new Failure(ExitCode.refused, `${path} cannot be read: take it from git again, or delete it.`);
  if (lock.url !== url) {
    throw new Failure(
      ExitCode.conflict,
      `This folder is of ${lock.url}, and you are signed in to ${url}: sign in there, or use another folder.`,
    );
  }
  return { url, entries: new Map(Object.entries(lock.prompts)) };
}

function parsed(text: string): { url: string; prompts: Record<string, LockEntry> } | null {
  try {
    const { url, prompts } = JSON.parse(text);
    const isWhole = (entry: LockEntry) =>
      [entry.id, entry.file, entry.server].every((value) => typeof value === 'string') &&
      Number.isInteger(entry.version);
    return typeof url === 'string' && Object.values<LockEntry>(prompts).every(isWhole) ? { url, prompts } : null;
  } catch {
    return null;
  }
}

/** Sorted, so that git merges it as well as it can. */
export async function writeLock(root: string, { url, entries }: Lock): Promise<void> {
  const prompts = Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
  await writeAtomically(join(root, NAME), `${JSON.stringify({ url, prompts }, null, 2)}\n`);
}
