/**
 * Streams of what changes. Whoever watches a thing is told what it is, and again whenever it is another one: not each change, so that a
 * slow client is never behind by more than one event for each thing, and one that comes back can be told everything again.
 *
 * - Things are looked up for their readers as a fresh read would look them up, and never otherwise: rights are decided there.
 * - One thing of one reader is looked up once, for however many streams. It is looked up again when the feed reports what it depends on.
 * - A thing is settled where nothing was reported since its look-up began; only then do ids move on.
 *
 * Who is no longer signed in has its connection ended by the host.
 */
import { type ChangeFeed, placeOf, positionAt, type ReadChanges, readChanges } from '@promptory/db';
import { EventStream } from '@promptory/trpc-fastify/procedure';
import type { Live, Log, Watch } from '../context.ts';
import { AppError } from '../errors.ts';
import { ReportedTopics } from '../memory/reported-topics.ts';
import { Reader, type ReaderParts } from './reader.ts';
import { Turns } from './turns.ts';
import type { WatchedThing } from './watched-thing.ts';
import { WatchingStream } from './watching-stream.ts';

export interface LiveOptions {
  readonly feed: Pick<ChangeFeed, 'listen' | 'isCurrent' | 'position'>;
  /** Asks the database that the feed reads. */
  readonly pool: Parameters<typeof readChanges>[0];
  readonly log: Pick<Log, 'warn'>;
  /** Streams at once. */
  readonly streams: number;
}

export interface OpenLive extends Live {
  counts(): { readonly streams: number; readonly things: number };
  /** Gives the streams whose turn it is a sign of life; to be called every second. */
  beat(): void;
}

type AnyThing = WatchedThing<object>;

/** Readers that ask the database at once. */
const READERS_AT_ONCE = 4;
/** A stream has a sign of life every so many seconds. */
const BEAT_SECONDS = 15;
const RETRY_AFTER_SECONDS = 5;

/** Watches nothing. */
export const noLive: Live = {
  stream() {
    throw new AppError('server.unavailable', { message: 'This server is told of no changes.' });
  },
};

/** Streams over a feed of changes. */
export function createLive(options: LiveOptions): OpenLive {
  return new FedLive(options);
}

class FedLive implements OpenLive {
  readonly #options: LiveOptions;
  readonly #reported = new ReportedTopics();
  readonly #readers = new Map<string, Reader<object>>();
  readonly #byTopic = new Map<string, Set<AnyThing>>();
  readonly #streams: ReadonlyArray<Set<WatchingStream<object>>>;
  readonly #parts: ReaderParts;
  /** What was reported since a place is read once, however many come back to it at once. */
  readonly #reading = new Map<string, Promise<ReadonlySet<string> | null>>();
  #open = 0;
  #opened = 0;
  #beat = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#streams = Array.from({ length: BEAT_SECONDS }, () => new Set<WatchingStream<object>>());
    const turns = new Turns(READERS_AT_ONCE);
    this.#parts = {
      reported: this.#reported,
      log: options.log,
      inTurn: (run) => turns.take(run),
      depends: (thing, before) => this.#depends(thing, before),
    };
    options.feed.listen({
      changed: (topics) => this.#changed(topics),
      lost: () => this.#lost(),
    });
  }

  stream<E extends object>(watch: Watch<E>): EventStream<E> {
    if (this.#open >= this.#options.streams) {
      throw new AppError('server.busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    return new EventStream<E>((sink) => {
      this.#open += 1;
      this.#opened += 1;
      const bucket = this.#streams[this.#opened % BEAT_SECONDS] as Set<WatchingStream<object>>;
      const { leftAt, reset } = watch;
      const opened: WatchingStream<E> = new WatchingStream({
        things: this.#thingsOf(watch),
        sink,
        reset,
        missed: leftAt === undefined ? null : () => this.#since(leftAt),
        placeNow: this.#placeNow,
        ended: () => {
          bucket.delete(opened as unknown as WatchingStream<object>);
          this.#open -= 1;
        },
      });
      bucket.add(opened as unknown as WatchingStream<object>);
      return opened;
    });
  }

  counts(): ReturnType<OpenLive['counts']> {
    return { streams: this.#open, things: [...this.#readers.values()].reduce((sum, { size }) => sum + size, 0) };
  }

  beat(): void {
    this.#beat = (this.#beat + 1) % BEAT_SECONDS;
    for (const stream of this.#streams[this.#beat] ?? []) stream.beat();
  }

  #thingsOf<E extends object>({ what, who, keys, ...looking }: Watch<E>): WatchedThing<E>[] {
    const name = `${what}|${who.userId}|${who.isAdmin}|${who.groupId ?? ''}`;
    let reader = this.#readers.get(name) as Reader<E> | undefined;
    if (reader === undefined) {
      reader = new Reader(looking, { ...this.#parts, emptied: () => this.#readers.delete(name) });
      this.#readers.set(name, reader as unknown as Reader<object>);
    }
    const isCurrent = this.#options.feed.isCurrent();
    return [...new Set(keys)].map((key) => {
      const thing = reader.thing(key);
      if (!isCurrent) reader.look(thing);
      return thing;
    });
  }

  #changed(topics: readonly string[]): void {
    this.#reported.reported(topics);
    for (const topic of topics) {
      for (const thing of this.#byTopic.get(topic) ?? []) thing.reader.look(thing);
    }
  }

  #lost(): void {
    this.#reported.lost();
    for (const reader of this.#readers.values()) reader.lookAtAll();
  }

  #depends(thing: AnyThing, before: readonly string[]): void {
    const now = new Set(thing.dependsOn);
    for (const topic of before) {
      if (now.has(topic)) continue;
      const things = this.#byTopic.get(topic);
      things?.delete(thing);
      if (things?.size === 0) this.#byTopic.delete(topic);
    }
    for (const topic of now) {
      const things = this.#byTopic.get(topic);
      if (things === undefined) this.#byTopic.set(topic, new Set([thing]));
      else things.add(thing);
    }
  }

  #placeNow = (): string | null => {
    const position = this.#options.feed.position();
    return position === null ? null : placeOf(position);
  };

  #since(place: string): Promise<ReadonlySet<string> | null> {
    const known = this.#reading.get(place);
    if (known !== undefined) return known;
    const reading = this.#readSince(place).finally(() => this.#reading.delete(place));
    this.#reading.set(place, reading);
    return reading;
  }

  async #readSince(place: string): Promise<ReadonlySet<string> | null> {
    const { feed, pool } = this.#options;
    const now = feed.position();
    const since = now === null ? null : positionAt(place, now);
    if (since === null) return null;
    const { topics, isLost }: ReadChanges = await readChanges(pool, since);
    return isLost ? null : new Set(topics);
  }
}
