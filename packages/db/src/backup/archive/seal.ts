// The last bytes of a backup are the SHA-256 of all before them, as the end of the ZIP file's comment. So one file says by
// itself whether it is whole, wherever it was copied to, and any ZIP program opens it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { BackupError } from '../backup-error.ts';

const DIGITS = 64;

/** The comment of an archive, whose end the seal takes. */
export const UNSEALED = `Promptory backup, sealed by SHA-256: ${'0'.repeat(DIGITS)}`;

/** Puts the digest of all that it passes on in the place of its last 64 bytes. */
export class Sealing extends Transform {
  readonly #hash = createHash('sha256');
  #held: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const all = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const passed = all.subarray(0, Math.max(0, all.length - DIGITS));
    this.#held = all.subarray(passed.length);
    this.#hash.update(passed);
    done(null, passed);
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#hash.digest('hex'), 'latin1'));
  }
}

/**
 * Reads the whole file.
 * @throws BackupError where a byte of it is not as it was written, or is missing
 */
export async function verifySeal(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size <= DIGITS) throw new BackupError(`${path} is no backup: it is too short.`);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { end: size - DIGITS - 1, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  const end: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start: size - DIGITS })) end.push(chunk as Buffer);
  if (Buffer.concat(end).toString('latin1') !== hash.digest('hex'))
    throw new BackupError(`${path} is no backup, or is damaged: its seal does not fit.`);
}
