import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { BackupError } from '../backup-error.ts';
import { verifySeal } from './seal.ts';

const MAX_ENTRIES = 1_000;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** A backup's files. Its seal has been verified. */
export interface Archive {
  readonly names: ReadonlySet<string>;
  /** @throws BackupError where there is none of that name */
  open(name: string): Promise<Readable>;
  /** The text of a small file. */
  readText(name: string): Promise<string>;
  close(): void;
}

/** Opens a sealed archive, all of which it reads first. @throws BackupError where it is damaged */
export async function openArchive(path: string): Promise<Archive> {
  await verifySeal(path);
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  try {
    const entries = await entriesOf(zip, path);
    const find = (name: string): Entry => {
      const entry = entries.get(name);
      if (entry === undefined) throw new BackupError(`${path} holds no ${name}.`);
      return entry;
    };
    return {
      names: new Set(entries.keys()),
      open: async (name) => zip.openReadStreamPromise(find(name)),
      async readText(name) {
        const entry = find(name);
        if (entry.uncompressedSize > MAX_TEXT_BYTES) throw new BackupError(`${name} in ${path} is too long.`);
        return text(await zip.openReadStreamPromise(entry));
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function entriesOf(zip: ZipFile, path: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw new BackupError(`${path} holds more files than a backup has.`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}
