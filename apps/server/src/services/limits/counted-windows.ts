/** What was counted of one key within its window. */
export interface Counted {
  readonly points: number;
  readonly msLeft: number;
}

interface Window {
  points: number;
  readonly endsAt: number;
}

/**
 * Counts by key in memory, each from its first count on for so long. A library's counter answers by a promise; here who asks knows
 * at once, which each call does.
 */
export class CountedWindows {
  readonly #ms: number;
  readonly #now: () => number;
  /** Of one length, so those that began first end first. */
  readonly #windows = new Map<string, Window>();

  /** @param now milliseconds */
  constructor(seconds: number, now: () => number = Date.now) {
    this.#ms = seconds * 1_000;
    this.#now = now;
  }

  /** @param points negative: takes back what was counted */
  count(key: string, points: number): Counted {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      this.#forgetEnded(now);
      this.#windows.delete(key);
      window = { points: 0, endsAt: now + this.#ms };
      this.#windows.set(key, window);
    }
    window.points += points;
    return { points: window.points, msLeft: window.endsAt - now };
  }

  /** Keys of which something is counted. */
  get size(): number {
    return this.#windows.size;
  }

  #forgetEnded(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now) return;
      this.#windows.delete(key);
    }
  }
}
