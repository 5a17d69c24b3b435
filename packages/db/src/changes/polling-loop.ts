const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export interface PollingLoopOptions {
  /**
   * Polls until the loop is closed, or its connection fails. It calls `works` whenever it has found something, and waits by
   * {@link PollingLoop.wait}.
   * @throws why it cannot go on
   */
  serve(works: () => void): Promise<void>;
  /** It cannot go on; said once until it works again. */
  away(error: unknown): void;
  /** Called each time that it has ended. */
  ended(): void;
  /** Whether there is something to do at once. */
  isWanted(): boolean;
}

/** What polls by a connection of its own, and begins anew after growing pauses where that fails. */
export class PollingLoop {
  readonly #options: PollingLoopOptions;
  readonly #closing = new AbortController();
  #wake: () => void = () => undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(options: PollingLoopOptions) {
    this.#options = options;
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Ends a wait: there may be something to do, or the connection has failed. */
  wake(): void {
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#done;
  }

  /** @param ms null: until something happens */
  wait(ms: number | null): Promise<void> {
    return this.#options.isWanted() ? Promise.resolve() : this.#pause(ms, true);
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    let isAway = false;
    while (!this.isClosing) {
      try {
        await this.#options.serve(() => {
          pauseMs = FIRST_PAUSE_MS;
          isAway = false;
        });
      } catch (error) {
        if (!isAway) this.#options.away(error);
        isAway = true;
      }
      this.#options.ended();
      await this.#pause(pauseMs * (0.5 + Math.random() / 2), false);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  /** @param ends whether waking ends it too, and not its time and closing alone */
  #pause(ms: number | null, ends: boolean): Promise<void> {
    if (this.isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = ms === null ? undefined : setTimeout(done, ms);
      this.#wake = () => {
        if (ends || this.isClosing) done();
      };
    });
  }
}
