/** So many at once. Those who wait are served in rotation, one of each caller: nobody waits for all that another has sent. */
export class CallerTurns {
  /** Those that wait, of each caller in the order of their coming; whoever had a turn longest ago first. */
  readonly #lines = new Map<string, Set<() => void>>();
  #free: number;
  #waiting = 0;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Waits for a turn.
   * @returns gives it back
   * @throws what `signal` aborts with, before the turn comes
   */
  async take(caller: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(caller, signal);
    return () => this.#leave();
  }

  #wait(caller: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(caller) ?? new Set();
      this.#lines.set(caller, line);
      const end = (): void => {
        signal.removeEventListener('abort', give);
        line.delete(turn);
        this.#waiting -= 1;
        if (line.size === 0 && this.#lines.get(caller) === line) this.#lines.delete(caller);
      };
      const turn = (): void => {
        end();
        resolve();
      };
      const give = (): void => {
        end();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', give);
      line.add(turn);
      this.#waiting += 1;
    });
  }

  #leave(): void {
    const [first] = this.#lines;
    if (first === undefined) {
      this.#free += 1;
      return;
    }
    const [caller, line] = first;
    // To the end of the rotation.
    this.#lines.delete(caller);
    this.#lines.set(caller, line);
    const [next] = line;
    next?.();
  }
}
