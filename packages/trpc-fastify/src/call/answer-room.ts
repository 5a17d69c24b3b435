import { TRPCError } from '@trpc/server';
import { refuse } from '../http/request-refused.ts';

/** Bytes of a batch's answers together, unless the host says otherwise. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** From this part of the largest answer on, another one is not written in the same turn of the event loop. */
const LARGE_PART = 1 / 16;

/** Kept for what stands around each answer, or for an error in its place. */
const RESERVED_BYTES = 1_024;

interface Waiting {
  readonly type: string;
  start(): void;
  refuse(): void;
}

/**
 * The room that the answers of one batch have together. Its calls begin in their order, and as many run at once as can
 * each have the largest answer of one call; so a batch never holds more than its bound, and a mutation begins only where
 * its answer is sure to be sent. A query that turns out not to fit is refused, and every call that has not begun by then
 * is refused unmade: `batch_full` says of any call that it may be sent again. So does `not_begun`, of a batch that takes long.
 *
 * Large answers are written one in each turn of the event loop, and once one was large the calls that are left are made one by
 * one: others wait for no more than one answer at a time, however many a batch has.
 */
export class AnswerRoom {
  readonly #most: number;
  readonly #each: number;
  readonly #atOnce: number;
  readonly #maxBatchBytes: number;
  readonly #waiting: Waiting[] = [];
  #taken = 0;
  #running = 0;
  #full = false;
  #isLarge = false;
  #isTurnUsed = false;
  #isClosed = false;
  /** Resolves when the next answer may be written. */
  #turn: Promise<void> = Promise.resolve();

  constructor(calls: number, { maxAnswerBytes, maxBatchBytes }: { maxAnswerBytes: number; maxBatchBytes: number }) {
    this.#maxBatchBytes = maxBatchBytes;
    this.#most = Math.max(1, maxBatchBytes - calls * RESERVED_BYTES);
    this.#each = Math.min(maxAnswerBytes, this.#most);
    this.#atOnce = Math.floor(this.#most / this.#each);
  }

  /**
   * Makes a call once there is room for it. It writes its answer by `inTurn`, and there says by `take` how many bytes that
   * has, which throws a refusal where a query's do not fit.
   *
   * @param signal fires when nobody waits for the batch any more: what has not begun by then is not made
   */
  async run<T>(type: string, signal: AbortSignal, call: (take: (bytes: number) => void) => Promise<T>): Promise<T> {
    if (this.#isRefusing || this.#waiting.length > 0 || !this.#admits(type)) await this.#admission(type);
    else this.#running += 1;
    try {
      throwIfUnwanted(signal);
      return await call((bytes) => this.#take(type, bytes));
    } finally {
      this.#running -= 1;
      // What comes behind a large answer comes in another turn.
      void this.#turn.then(() => this.#admitNext());
    }
  }

  /** Lets no further call begin; those that have go on. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.refuse();
  }

  get #isRefusing(): boolean {
    return this.#full || this.#isClosed;
  }

  /** Writes in a turn of the event loop in which nothing large was written of this batch; one after the other. */
  inTurn<T>(write: () => T): Promise<T> {
    const written = this.#turn.then(write);
    const next = async (): Promise<void> => {
      if (this.#isTurnUsed) await new Promise(setImmediate);
      this.#isTurnUsed = false;
    };
    this.#turn = written.then(next, next);
    return written;
  }

  #admits(type: string): boolean {
    if (this.#isLarge && this.#running > 0) return false;
    if (type === 'mutation') return this.#taken + (this.#running + 1) * this.#each <= this.#most;
    return this.#running < this.#atOnce && this.#taken + this.#running * this.#each < this.#most;
  }

  #admission(type: string): Promise<void> {
    if (this.#isRefusing) return Promise.reject(this.#refusal());
    return new Promise((start, reject) => {
      this.#waiting.push({ type, start, refuse: () => reject(this.#refusal()) });
      this.#admitNext();
    });
  }

  #admitNext(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#full && !this.#admits(next.type)) {
        if (this.#running > 0) return;
        this.#full = true;
      }
      this.#waiting.shift();
      if (this.#full) next.refuse();
      else {
        this.#running += 1;
        next.start();
      }
    }
  }

  #take(type: string, bytes: number): void {
    if (type !== 'mutation' && this.#taken + bytes > this.#most) {
      this.#full = true;
      throw this.#refusal();
    }
    this.#taken += bytes;
    if (bytes < this.#each * LARGE_PART) return;
    this.#isLarge = true;
    this.#isTurnUsed = true;
  }

  #refusal(): TRPCError {
    if (!this.#full) {
      return refuse('not_begun', 'The calls before this one took so long that it was not begun: send it again.');
    }
    return refuse(
      'batch_full',
      `The answers of a batch have ${this.#maxBatchBytes} bytes together, and there is no room for this one: send the call again by itself.`,
    );
  }
}

/** Before a call is made: it may have waited for its turn meanwhile. */
export function throwIfUnwanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new TRPCError({ code: 'CLIENT_CLOSED_REQUEST', message: 'Nobody waits for this call any more.' });
}
