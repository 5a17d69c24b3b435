import { createWriteStream, openAsBlob } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { S3mini } from 's3mini';
import { BackupError } from './backup-error.ts';
import { backupOf, type Rotation, tooOld } from './backup-folder.ts';

/** A bucket of Amazon S3, or of whatever speaks as it does. */
export interface StoreSettings {
  /** The bucket's address, with its name as the path: `https://s3.eu-central-1.amazonaws.com/our-backups`. */
  readonly url: string;
  readonly region: string;
  readonly keyId: string;
  readonly secret: string;
}

/** A backup in a store. */
export interface KeptBackup {
  readonly name: string;
  readonly madeAt: Date;
  readonly bytes: number;
}

/** Backups away from the machine, each under its file's name. What has another name is none. */
export interface BackupStore {
  /** The newest first. @throws BackupError */
  list(): Promise<KeptBackup[]>;
  /** Puts a file there, and looks whether all of it is. @throws BackupError */
  put(path: string): Promise<void>;
  /** Fetches one into a folder, and answers its path. @throws BackupError; nothing is left then */
  fetch(name: string, folder: string): Promise<string>;
  /** Removes what is too old, and answers the names of it. @throws BackupError */
  rotate(rotation: Rotation, now: Date): Promise<string[]>;
}

/** One request, of eight mebibytes at most, or the first byte of an answer. */
const REQUEST_MS = 300_000;

/** Nothing is asked before it is used. */
export function openStore({ url, region, keyId, secret }: StoreSettings): BackupStore {
  let opened: Promise<S3mini> | undefined;
  const bucket = (): Promise<S3mini> => {
    // Only where a store is set: it takes its time to load.
    opened ??= import('s3mini').then(
      ({ S3mini }) =>
        new S3mini({
          accessKeyId: keyId,
          secretAccessKey: secret,
          endpoint: url.replace(/\/$/, ''),
          region,
          requestAbortTimeout: REQUEST_MS,
        }),
    );
    return opened;
  };
  /** Does something with the bucket, and says in one line what went wrong, without a key. */
  const tried = async <Answer>(what: string, act: (s3: S3mini) => Promise<Answer>): Promise<Answer> => {
    try {
      return await act(await bucket());
    } catch (cause) {
      if (cause instanceof BackupError) throw cause;
      throw new BackupError(`${what} ${url} failed: ${reasonOf(cause)}`, { cause });
    }
  };
  const list = (): Promise<KeptBackup[]> =>
    tried('Listing', async (s3) => {
      const objects = (await s3.listObjects('/', '')) ?? [];
      const kept = objects.flatMap(({ Key, Size }) => {
        const madeAt = backupOf(Key);
        return madeAt === undefined ? [] : [{ name: Key, madeAt, bytes: Number(Size) }];
      });
      return kept.sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime());
    });
  return {
    list,
    put: (path) =>
      tried(`Putting ${basename(path)} into`, async (s3) => {
        const file = await openAsBlob(path);
        await s3.putAnyObject(basename(path), file, 'application/octet-stream');
        const bytes = await s3.getContentLength(basename(path));
        if (bytes !== file.size) {
          throw new BackupError(`${url} holds ${bytes} of the ${file.size} bytes of ${basename(path)}.`);
        }
      }),
    fetch: (name, folder) =>
      tried(`Fetching ${name} from`, async (s3) => {
        const path = join(folder, name);
        const unfinished = `${path}.unfinished`;
        if (backupOf(name) === undefined) throw new BackupError(`${name} is no name of a backup.`);
        const response = await s3.getObjectResponse(name);
        if (response?.body == null) throw new BackupError(`${url} holds no ${name}.`);
        try {
          await pipeline(Readable.fromWeb(response.body), createWriteStream(unfinished, { mode: 0o600, flags: 'wx' }));
          await rename(unfinished, path);
        } catch (error) {
          await rm(unfinished, { force: true });
          throw error;
        }
        return path;
      }),
    rotate: async (rotation, now) => {
      const old = tooOld(await list(), rotation, now);
      for (const { name } of old) await tried(`Removing ${name} from`, (s3) => s3.deleteObject(name));
      return old.map(({ name }) => name);
    },
  };
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause instanceof Error ? cause.message : String(cause)}${inner}`.replaceAll(/\s+/g, ' ').slice(0, 300);
}
