import { availableParallelism } from 'node:os';
import { Argon2id } from 'oslo/password';
import pLimit from 'p-limit';
import { MAX_PASSWORD_UNITS } from './prepare-password.ts';

/** OWASP's second choice of parameters: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

// Hashing runs on libuv's four threads; one is left to the file system and to DNS.
const MOST_THREADS = 3;
const SECONDS_PER_HASH = 0.1;

/** Thrown when as many callers wait for a hash as may: answer 503 with Retry-After. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('Too many passwords wait to be hashed');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface PasswordHasher {
  /** @returns an Argon2id hash in PHC form; @throws HasherBusyError */
  hash(password: string): Promise<string>;
  /** @throws HasherBusyError */
  verify(hash: string, password: string): Promise<boolean>;
  /** Does the work of `verify` where there is no such account, so that the time taken does not tell. @throws HasherBusyError */
  verifyNothing(password: string): Promise<false>;
}

/**
 * Argon2id with a bounded number of hashes at once and a bounded queue, first come first served.
 *
 * @param options.concurrency hashes at once; cores, at most three, unless given
 * @param options.queueLimit callers that may wait; one more is refused at once
 */
export function createPasswordHasher(options: { concurrency?: number; queueLimit?: number } = {}): PasswordHasher {
  const concurrency = options.concurrency ?? Math.min(availableParallelism(), MOST_THREADS);
  const queueLimit = options.queueLimit ?? 100;

  const argon2id = new Argon2id({
    memorySize: MEMORY_KIB,
    iterations: PASSES,
    parallelism: LANES,
    tagLength: TAG_BYTES,
  });
  const inTurn = boundedQueue(concurrency, queueLimit);
  return {
    hash: (password) => inTurn(() => argon2id.hash(password)),
    verify: (hash, password) => inTurn(() => verifyWithin(argon2id, hash, password)),
    verifyNothing: async (password) => {
      await inTurn(() => verifyWithin(argon2id, NOBODYS_HASH, password));
      return false;
    },
  };
}

/** A hash of the right cost whose tag is all zero: no password has it. */
const NOBODYS_HASH = [
  '',
  'argon2id',
  'v=19',
  `m=${MEMORY_KIB},t=${PASSES},p=${LANES}`,
  phcBase64(Buffer.alloc(SALT_BYTES)),
  phcBase64(Buffer.alloc(TAG_BYTES)),
].join('$');

function phcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

/** A password that `preparePassword` would call too long was never hashed; it costs what any other costs. */
async function verifyWithin(argon2id: Argon2id, hash: string, password: string): Promise<boolean> {
  const fits = password.length <= MAX_PASSWORD_UNITS;
  return (await argon2id.verify(hash, fits ? password : '')) && fits;
}

/** At most `concurrency` at once and `queueLimit` waiting, in the order of their coming; one more is refused at once. */
function boundedQueue(concurrency: number, queueLimit: number) {
  const limit = pLimit(concurrency);

  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (limit.pendingCount >= queueLimit && limit.activeCount >= concurrency) {
      throw new HasherBusyError(Math.max(1, Math.ceil((limit.pendingCount * SECONDS_PER_HASH) / concurrency)));
    }
    return limit(work);
  };
}
