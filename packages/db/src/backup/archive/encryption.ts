// Backups are encrypted by age (age-encryption.org/v1): for the public keys of whoever may read them, so that a server that
// writes them cannot, and a changed or cut file does not open.
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { BackupError } from '../backup-error.ts';

/** @throws BackupError where a recipient is no public key of age */
export async function encrypted(plain: Readable, recipients: readonly string[]): Promise<Readable> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new BackupError(`"${recipient}" is no public key of age, such as age1….`, { cause });
    }
  }
  return Readable.fromWeb((await encrypter.encrypt(webStream(plain))) as ReadableStream);
}

/**
 * Decrypts a file to another, which only its owner may read.
 *
 * @param identities the file of secret keys, as age-keygen writes it
 * @throws BackupError where no key opens it, or it is damaged
 */
export async function decryptFile(from: string, to: string, identities: string): Promise<void> {
  const decrypter = new Decrypter();
  const keys = (await readFile(identities, 'utf8')).split('\n').map((line) => line.trim());
  for (const key of keys.filter((line) => line !== '' && !line.startsWith('#'))) {
    try {
      decrypter.addIdentity(key);
    } catch (cause) {
      throw new BackupError(`${identities} holds a line that is no secret key of age.`, { cause });
    }
  }
  try {
    const plain = await decrypter.decrypt(webStream(createReadStream(from)));
    await pipeline(Readable.fromWeb(plain as ReadableStream), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    throw new BackupError(`${from} is damaged, or is for other keys than those of ${identities}.`, { cause });
  }
}

const webStream = (stream: Readable): globalThis.ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as globalThis.ReadableStream<Uint8Array>;
