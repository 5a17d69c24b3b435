import type { FeedRead } from '../changes/change-feed.ts';
import { type Moment, momentOfNow, msBetween } from '../changes/moment.ts';

/** What a poll of the replica found. */
export interface ReplicaState {
  /** False once it was made a database of its own. */
  readonly isReplica: boolean;
  readonly history: string;
  /** All of the log before it can be read there. */
  readonly replayed: bigint;
}

type Read = Omit<FeedRead, 'isLost'> & { readonly isLost?: boolean };

/** How old what somebody reads at the replica may be, in milliseconds: as old as what a process remembers. */
const MOST_AGE_MS = 1_000;
/** After a statement has failed at the replica nothing is read there for so long; longer, when it fails again. */
const FIRST_REST_MS = 250;
const LONGEST_REST_MS = 8_000;

/** Topics of changes of who somebody is and what they may see; the others are of what is seen. */
const OF_RIGHTS = /^(?:user|session|key|reach|group):/;

/**
 * Says whether a replica may be read now, by the moments at which reads of the change feed began. Each found all that was committed before it
 * began, and said where the log stood then. Once the replica has replayed the log up to there, it shows all of that too. So it is open
 * while it shows what was committed
 *
 * - up to a second ago,
 * - when this process last answered that it had changed something, to whomever,
 * - and when a read of the feed last told of changed rights.
 *
 * A replica that is frozen, behind, promoted, or of another database falls out of the first of these by itself.
 */
export class ReplicaGate {
  readonly #now: () => Moment;
  readonly #mostAgeMs: number;
  /** Reads that the replica may not show yet, in their order. */
  #awaited: Read[] = [];
  #history: string | null = null;
  /** When the last read began that the replica shows. */
  #shown: Moment | null = null;
  /** It has to show what was committed then, by the steady clock. */
  #barrier = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #restMs = 0;

  /**
   * @param options.patienceFactor multiplies how old what is read may be, for tests on a busy machine
   */
  constructor(options: { readonly now?: () => Moment; readonly patienceFactor?: number } = {}) {
    this.#now = options.now ?? momentOfNow;
    this.#mostAgeMs = MOST_AGE_MS * (options.patienceFactor ?? 1);
  }

  isOpen(): boolean {
    const shown = this.#shown;
    if (shown === null || shown.steady < this.#barrier) return false;
    const now = this.#now();
    return msBetween(shown, now) <= this.#mostAgeMs && now.steady >= this.#failedAt + this.#restMs;
  }

  /** This process has changed something, which it shows from now on. */
  changed(): void {
    this.#barrier = this.#now().steady;
  }

  /** The feed has read. */
  hasRead(read: Read): void {
    if (read.history !== this.#history) this.lost();
    this.#history = read.history;
    const { began } = read;
    // What has waited for longer than anything may be old opens nothing any more.
    while (this.#awaited[0] !== undefined && msBetween(this.#awaited[0].began, began) > this.#mostAgeMs) {
      this.#awaited.shift();
    }
    this.#awaited.push(read);
    if (read.isLost === true || read.topics.some((topic) => OF_RIGHTS.test(topic))) {
      this.#barrier = Math.max(this.#barrier, began.steady);
    }
  }

  /** @returns whether the replica is one of what the feed reads */
  isAt({ isReplica, history, replayed }: ReplicaState): boolean {
    if (!isReplica || history !== this.#history) {
      this.lost();
      return false;
    }
    while (this.#awaited[0] !== undefined && this.#awaited[0].written <= replayed) {
      this.#shown = this.#awaited.shift()?.began ?? null;
    }
    return true;
  }

  /** Whether the feed has read something that the replica may not show yet. */
  get isAwaiting(): boolean {
    return this.#awaited.length > 0;
  }

  /** Nothing is known of the replica any more. */
  lost(): void {
    this.#shown = null;
    this.#awaited = [];
  }

  /** A statement has failed there for a reason that is not its own. */
  failed(): void {
    const { steady } = this.#now();
    const since = steady - this.#failedAt;
    if (since < this.#restMs) return;
    this.#restMs = since > 2 * LONGEST_REST_MS ? FIRST_REST_MS : Math.min(LONGEST_REST_MS, this.#restMs * 2);
    this.#failedAt = steady;
  }

  /** How old what the replica shows may be, in seconds; null where that is not known. */
  ageSeconds(): number | null {
    return this.#shown === null ? null : msBetween(this.#shown, this.#now()) / 1_000;
  }
}
