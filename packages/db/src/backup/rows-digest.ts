import { hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const NEWLINE = 0x0a;
const WIDTH = 256n;

/** What a table holds, whatever the order of its rows. */
export interface RowsDigest {
  readonly rows: number;
  /** Hexadecimal: the sum of the SHA-256 of all rows, modulo 2^256 (AdHash; Bellare and Micciancio, 1997). */
  readonly digest: string;
  /** In COPY's text format. */
  readonly bytes: number;
}

/**
 * Passes on what COPY writes in its text format, in which a row is a line whatever it holds, and sums it up. Two tables with
 * the same rows have the same digest, though PostgreSQL gives rows back in any order. It tells damage and loss; who wants to
 * deceive is not kept from it.
 */
export class DigestingRows extends Transform {
  #rest: Buffer[] = [];
  #sum = 0n;
  #rows = 0;
  #bytes = 0;

  get found(): RowsDigest {
    return { rows: this.#rows, digest: this.#sum.toString(16).padStart(64, '0'), bytes: this.#bytes };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = chunk.subarray(start, end);
      this.#add(this.#rest.length === 0 ? line : Buffer.concat([...this.#rest, line]));
      this.#rest = [];
      start = end + 1;
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.#rest.length === 0 ? null : new Error('What COPY wrote ends within a row.'));
  }

  #add(row: Buffer): void {
    this.#sum = BigInt.asUintN(Number(WIDTH), this.#sum + BigInt(`0x${hash('sha256', row, 'hex')}`));
    this.#rows += 1;
  }
}
