import { AsyncLocalStorage } from 'node:async_hooks';

/** Whom the statements of what runs now are for; a name that says nothing here, such as `user|<id>`. */
export interface ServedCaller {
  name: string;
  /** Of the request or job: its transactions bear it in `application_name`. Letters, digits and hyphens. */
  readonly requestId?: string;
  /** Since when somebody waits for the answer, on the clock of `performance`. */
  readonly since?: number;
}

/** Set for whatever runs for one caller, who may become known while it runs. */
export const servedCaller = new AsyncLocalStorage<ServedCaller>();

/** After this long half of what a caller has used is forgotten, in milliseconds. */
const HALF_LIFE_MS = 3_000;
/** Whoever has had connections for longer than this lately, in milliseconds, uses much. */
const MUCH_MS = 500;
/** The part of all connections that those who use much leave to the others. */
const LEFT_TO_OTHERS = 0.2;
const MOST_REMEMBERED = 10_000;

/** What runs for nobody: jobs, and what a server does for itself. It is never among those who use much. */
const NOBODY = '';

/** Gives a connection's place back; a second call does nothing. */
export type Release = () => void;

interface Use {
  /** What was used until `at`, in milliseconds; it fades. */
  used: number;
  at: number;
  /** Connections that the caller has now. */
  held: number;
}

interface Waiting {
  readonly caller: string;
  readonly take: () => void;
}

/**
 * Places for those who need a connection of a pool. While there are some, everybody has one at once. Where they are short, who
 * has used least lately comes first, and those who have used much leave a fifth to the others: so however many callers hold
 * connections for seconds, a caller whose statements are short waits for none of them.
 */
export class ConnectionShares {
  readonly #max: number;
  readonly #mostOfHeavy: number;
  readonly #waitMs: number;
  readonly #now: () => number;
  readonly #uses = new Map<string, Use>();
  /** In the order of their coming. */
  readonly #waiting = new Set<Waiting>();
  #taken = 0;
  /** Places that were given to those who use much. */
  #takenByHeavy = 0;

  /**
   * @param options.max places
   * @param options.waitMs how long one waits for a place
   * @param options.now milliseconds of a clock that only goes on
   */
  constructor(options: { readonly max: number; readonly waitMs: number; readonly now?: () => number }) {
    const { max, waitMs, now = () => performance.now() } = options;
    this.#max = max;
    this.#mostOfHeavy = max - Math.floor(max * LEFT_TO_OTHERS);
    this.#waitMs = waitMs;
    this.#now = now;
  }

  /** Waits for a place. @throws Error as the pool itself does where none comes free in time */
  async acquire(caller: string): Promise<Release> {
    // Nobody waits whom a free place would do, so who comes now is before nobody.
    if (this.#isFreeFor(caller)) return this.#take(caller);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        caller,
        take: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve(this.#take(caller));
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error('timeout exceeded when trying to connect'));
      }, this.#waitMs);
      this.#waiting.add(waiting);
    });
  }

  #isFreeFor(caller: string): boolean {
    if (this.#taken >= this.#max) return false;
    return this.#takenByHeavy < this.#mostOfHeavy || !this.#isHeavy(caller);
  }

  #isHeavy(caller: string): boolean {
    return caller !== NOBODY && this.#usedBy(caller) > MUCH_MS;
  }

  #take(caller: string): Release {
    const now = this.#now();
    const isHeavy = this.#isHeavy(caller);
    const use = this.#useOf(caller);
    settle(use, now);
    use.held += 1;
    this.#taken += 1;
    if (isHeavy) this.#takenByHeavy += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      settle(use, this.#now());
      use.held -= 1;
      this.#taken -= 1;
      if (isHeavy) this.#takenByHeavy -= 1;
      this.#serveWaiting();
    };
  }

  #serveWaiting(): void {
    let next: Waiting | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      if (!this.#isFreeFor(waiting.caller)) continue;
      const used = this.#usedBy(waiting.caller);
      if (used >= least) continue;
      next = waiting;
      least = used;
    }
    next?.take();
  }

  #usedBy(caller: string): number {
    const use = this.#uses.get(caller);
    if (use === undefined) return 0;
    settle(use, this.#now());
    return use.used;
  }

  #useOf(caller: string): Use {
    const known = this.#uses.get(caller);
    if (known !== undefined) return known;
    if (this.#uses.size >= MOST_REMEMBERED) this.#forgetIdle();
    const use: Use = { used: 0, at: this.#now(), held: 0 };
    this.#uses.set(caller, use);
    return use;
  }

  #forgetIdle(): void {
    for (const [caller, { held }] of this.#uses) if (held === 0) this.#uses.delete(caller);
  }
}

/** Counts what was used until now: a millisecond for each of every connection that is held, and less of it as time goes by. */
function settle(use: Use, now: number): void {
  const elapsed = now - use.at;
  use.used = use.used * 0.5 ** (elapsed / HALF_LIFE_MS) + use.held * elapsed;
  use.at = now;
}
