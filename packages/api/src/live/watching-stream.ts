import { type EventSink, type EventSource, StreamedEvent } from '@promptory/trpc-fastify/procedure';
import type { WatchedThing } from './watched-thing.ts';

/** The id of who has not been told all that there was at first. */
const NOWHERE = '0';

/**
 * One client that watches. Of each thing at most one event waits for it, which is what the thing is by then. Its id is a place up to
 * which it was told all: it moves on only where nothing waits and nothing is looked up.
 */
export class WatchingStream<E extends object> implements EventSource {
  readonly #things: readonly WatchedThing<E>[];
  readonly #sink: EventSink<E>;
  readonly #placeNow: () => string | null;
  readonly #ended: () => void;
  #id = NOWHERE;
  #waiting: Set<WatchedThing<E>> | null = null;
  /** Said before anything else. */
  #reset: StreamedEvent<E> | null = null;
  readonly #resetEvent: E;
  #hasRoom = true;
  #isOver = false;
  /** Reads what was reported since the client left; null once that is known, or where the client begins. */
  #missed: (() => Promise<ReadonlySet<string> | null>) | null;
  #isResumed: boolean;

  constructor(options: {
    readonly things: readonly WatchedThing<E>[];
    readonly sink: EventSink<E>;
    readonly reset: E;
    /** What was reported since the client left, null where nobody knows; null where it begins. */
    readonly missed: (() => Promise<ReadonlySet<string> | null>) | null;
    /** Up to where all was told that is not being looked up. */
    readonly placeNow: () => string | null;
    readonly ended: () => void;
  }) {
    this.#things = options.things;
    this.#sink = options.sink;
    this.#placeNow = options.placeNow;
    this.#ended = options.ended;
    this.#resetEvent = options.reset;
    this.#missed = options.missed;
    this.#isResumed = options.missed === null;
    for (const thing of this.#things) {
      thing.streams.add(this);
      if (this.#isResumed && thing.event !== null) this.#wait(thing);
    }
    this.#go();
  }

  /** A thing was looked up. @param isNew whether it is another one than before, @param isFirst whether it was looked up never before */
  seen(thing: WatchedThing<E>, isNew: boolean, isFirst: boolean): void {
    if (isNew && (this.#isResumed || !isFirst)) this.#wait(thing);
    this.#go();
  }

  /** A sign of life, with the place that the client may go on from. Things that may have changed unseen are looked up. */
  beat(): void {
    for (const thing of this.#things) if (!thing.isWhole && thing.isSettled) thing.reader.look(thing);
    this.#sink.ping(this.#moved());
  }

  drained(): void {
    this.#hasRoom = true;
    this.#go();
  }

  closed(): void {
    for (const thing of this.#things) {
      thing.streams.delete(this);
      if (thing.streams.size === 0) thing.reader.forget(thing);
    }
    this.#waiting = null;
    this.#isOver = true;
    this.#ended();
  }

  #wait(thing: WatchedThing<E>): void {
    this.#waiting ??= new Set();
    this.#waiting.add(thing);
  }

  #go(): void {
    if (this.#isOver) return;
    if (this.#isResumed) this.#flush();
    else if (this.#missed !== null && this.#things.every(({ event }) => event !== null)) {
      // Read after the things were: so nothing that they show already is reported unseen.
      const reading = this.#missed();
      this.#missed = null;
      reading.then(
        (missed) => this.#resume(missed),
        () => this.#resume(null),
      );
    }
  }

  #resume(missed: ReadonlySet<string> | null): void {
    if (this.#isOver) return;
    this.#isResumed = true;
    if (missed === null) this.#reset = new StreamedEvent(this.#resetEvent);
    for (const thing of this.#things) {
      const isMissed = missed === null || !thing.isWhole || thing.dependsOn.some((topic) => missed.has(topic));
      if (isMissed) this.#wait(thing);
    }
    this.#flush();
    if (this.#isDone) this.#sink.ping(this.#moved());
  }

  #flush(): void {
    if (this.#reset !== null && this.#hasRoom) {
      const reset = this.#reset;
      this.#reset = null;
      this.#hasRoom = this.#sink.event(reset, this.#id);
    }
    for (const thing of this.#waiting ?? []) {
      if (!this.#hasRoom) return;
      this.#waiting?.delete(thing);
      if (this.#waiting?.size === 0) this.#waiting = null;
      if (thing.event !== null) this.#hasRoom = this.#sink.event(thing.event, this.#moved());
    }
  }

  get #isDone(): boolean {
    return this.#isResumed && this.#waiting === null && this.#reset === null;
  }

  /** The id that is right now. */
  #moved(): string {
    if (this.#isDone && this.#things.every(({ isSettled }) => isSettled)) this.#id = this.#placeNow() ?? this.#id;
    return this.#id;
  }
}
