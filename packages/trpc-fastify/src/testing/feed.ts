import { type TrackedEnvelope, tracked } from '@trpc/server';

/** A log that grows, and is read from any place on: what a subscription would have in a database. */
export class Feed {
  #events: string[] = [];
  #grown = Promise.withResolvers<void>();
  /** Readers that have begun, and those of them that are over. */
  readonly readers = { begun: 0, over: 0 };

  add(...events: string[]): void {
    this.#events.push(...events);
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  /** Every event after the one whose id is given, its place in the log being its id; until the signal aborts. */
  async *after(
    id: string | null | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TrackedEnvelope<string>> {
    const aborted = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => aborted.resolve());
    this.readers.begun++;
    try {
      let place = id === null || id === undefined ? 0 : Number(id);
      while (signal?.aborted !== true) {
        for (const event of this.#events.slice(place)) yield tracked(String(++place), event);
        if (place === this.#events.length) await Promise.race([this.#grown.promise, aborted.promise]);
      }
    } finally {
      this.readers.over++;
    }
  }
}
