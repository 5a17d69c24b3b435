import type { Log, Seen, Watch } from '../context.ts';
import type { ReportedTopics } from '../memory/reported-topics.ts';
import { WatchedThing } from './watched-thing.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** What all readers have in common. */
export interface ReaderParts {
  readonly reported: ReportedTopics;
  readonly log: Pick<Log, 'warn'>;
  /** Does it in its turn: not all readers ask the database at once. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
  /** What a thing depends on is another one now. */
  depends(thing: WatchedThing<object>, before: readonly string[]): void;
}

/** What one reader watches, by however many streams. Whatever of it changes is looked up again, all of it that has by then. */
export class Reader<E extends object> {
  readonly #things = new Map<string, WatchedThing<E>>();
  readonly #stale = new Set<WatchedThing<E>>();
  readonly #lookUp: Watch<E>['lookUp'];
  readonly #atOnce: number;
  readonly #parts: ReaderParts & { emptied(): void };
  #isLooking = false;

  constructor({ lookUp, atOnce }: Pick<Watch<E>, 'lookUp' | 'atOnce'>, parts: ReaderParts & { emptied(): void }) {
    this.#lookUp = lookUp;
    this.#atOnce = atOnce;
    this.#parts = parts;
  }

  get size(): number {
    return this.#things.size;
  }

  thing(key: string): WatchedThing<E> {
    const known = this.#things.get(key);
    if (known !== undefined) return known;
    const thing = new WatchedThing(this, key);
    this.#things.set(key, thing);
    this.look(thing);
    return thing;
  }

  /** Nobody watches it any more. */
  forget(thing: WatchedThing<E>): void {
    this.#things.delete(thing.key);
    this.#stale.delete(thing);
    const before = thing.dependsOn;
    thing.dependsOn = [];
    this.#parts.depends(thing as unknown as WatchedThing<object>, before);
    if (this.#things.size === 0) this.#parts.emptied();
  }

  /** Something of it may not be as it was. */
  look(thing: WatchedThing<E>): void {
    thing.isSettled = false;
    this.#stale.add(thing);
    if (!this.#isLooking) void this.#lookAgain();
  }

  lookAtAll(): void {
    for (const thing of this.#things.values()) this.look(thing);
  }

  async #lookAgain(): Promise<void> {
    this.#isLooking = true;
    let pauseMs = FIRST_PAUSE_MS;
    // What is reported in one turn is looked up together.
    await Promise.resolve();
    while (this.#stale.size > 0) {
      try {
        await this.#parts.inTurn(() => this.#lookOnce());
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        this.#parts.log.warn({ err: error }, 'what is watched could not be looked up');
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)).unref());
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    const { reported } = this.#parts;
    const things = [...this.#stale].slice(0, this.#atOnce);
    if (things.length === 0) return;
    for (const thing of things) this.#stale.delete(thing);
    const began = reported.begin();
    try {
      const seen = await this.#lookUp(things.map(({ key }) => key));
      for (const [at, thing] of things.entries()) this.#take(thing, seen[at] as Seen<E>, began);
    } catch (error) {
      for (const thing of things) if (this.#things.has(thing.key)) this.#stale.add(thing);
      throw error;
    } finally {
      reported.end();
    }
  }

  #take(thing: WatchedThing<E>, seen: Seen<E>, began: number): void {
    // Somebody may watch the same again by now, as another thing.
    if (this.#things.get(thing.key) !== thing) return;
    const before = thing.dependsOn;
    const isFirst = thing.event === null;
    const isNew = thing.take(seen);
    this.#parts.depends(thing as unknown as WatchedThing<object>, before);
    thing.isSettled = !this.#stale.has(thing) && this.#parts.reported.isStill(began, seen.dependsOn);
    if (!thing.isSettled) this.#stale.add(thing);
    for (const stream of thing.streams) stream.seen(thing, isNew, isFirst);
  }
}
