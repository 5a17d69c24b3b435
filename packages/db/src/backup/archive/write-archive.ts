import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { encrypted } from './encryption.ts';
import { Sealing, UNSEALED } from './seal.ts';

/** A file within an archive; `open` is asked for its content once those before it are written. */
export interface ArchiveEntry {
  readonly name: string;
  readonly open: () => Readable;
}

export interface WriteArchiveOptions {
  readonly madeAt: Date;
  /** Public keys of age for whom it is encrypted; plain where there are none. */
  readonly recipients: readonly string[];
}

/**
 * Writes a sealed ZIP file that only its owner may read. Its name appears once all of it is on the disk: until then, and
 * where something fails, there is no such file.
 */
export async function writeArchive(
  path: string,
  entries: readonly ArchiveEntry[],
  options: WriteArchiveOptions,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    const sealing = new Sealing();
    const zip = zipOf(entries, options.madeAt, (error) => sealing.destroy(error));
    const plain = Readable.from(zip.outputStream).pipe(sealing);
    const written = options.recipients.length === 0 ? plain : await encrypted(plain, options.recipients);
    await pipeline(written, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }));
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function zipOf(entries: readonly ArchiveEntry[], madeAt: Date, onError: (error: Error) => void): ZipFile {
  const zip = new ZipFile();
  zip.on('error', onError);
  for (const { name, open: opened } of entries) {
    zip.addReadStreamLazy(name, { mtime: madeAt, mode: 0o100600 }, (answer) => answer(null, opened()));
  }
  zip.end({ comment: UNSEALED, forceZip64Format: false });
  return zip;
}

/** So that the name is on the disk as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
