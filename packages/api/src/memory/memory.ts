/**
 * What a process remembers of the database, coherent with it: whoever finds something says on which topics it depends, and each
 * commit that changes one of these, by whichever process, has it forgotten. The feed tells of them (`openChangeFeed`). Three rules make that right:
 *
 * - Nothing is used unless the feed is current: all counts as forgotten by then that was committed up to a second ago, and all that this
 *   process has answered to have changed.
 * - What was found is kept only where none of its topics was told of since before it was looked for. A change that the feed tells of later
 *   has it forgotten then, whether the finding saw it or not.
 * - It is kept for whoever asked, under a key that says so, and depends on what lets them see it. So to use it is to admit them.
 *
 * Finding runs outside transactions, and on the database that the feed reads, not on a replica: procedures that find so declare
 * `reads: 'primary'`.
 */
import type { ChangeFeed, ChangeFeedCounts } from '@promptory/db';
import { LRUCache } from 'lru-cache';
import type { Found, Memory, Remembered } from '../context.ts';
import { ReportedTopics } from './reported-topics.ts';

export interface MemoryBounds {
  /** Credentials whose principals are remembered, at most. */
  readonly principals: number;
  /** Of prompts, at most: of those that references lead to, and those that are shown. */
  readonly promptBytes: number;
}

/** How often one kind of thing was remembered, and was not; and what is now. */
export interface RememberedCounts {
  readonly hits: number;
  readonly misses: number;
  /** Of the misses, those while the feed was not current. */
  readonly unused: number;
  readonly entries: number;
  readonly bytes: number;
}

export interface MemoryCounts {
  readonly feed: ChangeFeedCounts;
  readonly kinds: Readonly<Record<'principals' | 'resolved' | 'prompts', RememberedCounts>>;
}

export interface CountedMemory extends Memory {
  counts(): MemoryCounts;
}

type Feed = Pick<ChangeFeed, 'listen' | 'isCurrent' | 'catchUp' | 'counts'>;

/** About what an entry takes beside its value. */
const ENTRY_BYTES = 600;
/** Of a kind's bytes, that one entry may take. */
const LARGEST_PART = 8;
/** An entry as it was found, and as it is answered over REST and over the tRPC wire. */
const FORMS = 3;

/** Remembers by a feed. */
export function createMemory(feed: Feed, { principals, promptBytes }: MemoryBounds): CountedMemory {
  const topics = new Topics();
  feed.listen(topics);
  const credentials = entriesOf(topics, { max: principals });
  // What is asked for most has the room, of whichever kind it is.
  const prompts = entriesOf(topics, { maxSize: promptBytes });
  const kinds = {
    principals: new Kind<Value<'principals'>>('principals', feed, topics, credentials),
    resolved: new Kind<Value<'resolved'>>('resolved', feed, topics, prompts),
    prompts: new Kind<Value<'prompts'>>('prompts', feed, topics, prompts),
  };
  return {
    ...kinds,
    catchUp: () => feed.catchUp(),
    counts: () => ({
      feed: feed.counts(),
      kinds: {
        principals: kinds.principals.counts(),
        resolved: kinds.resolved.counts(),
        prompts: kinds.prompts.counts(),
      },
    }),
  };
}

type Value<Name extends keyof MemoryCounts['kinds']> = Awaited<ReturnType<Memory[Name]['get']>>;

const findAnew = {
  get: async <V>(_key: string, _now: Date, find: () => Promise<Found<V>>) => (await find()).value,
  remembered: () => undefined,
};

/** Remembers nothing. */
export const noMemory: Memory = {
  principals: findAnew,
  resolved: findAnew,
  prompts: findAnew,
  catchUp: async () => undefined,
};

/** What entries depend on. */
interface Topic {
  /** By the count of what was reported. */
  changedAt: number;
  entries: number;
}

interface Entry {
  readonly value: object;
  /** The kind that it is of. */
  readonly held: Held;
  /** Of its value, about; 0 where nothing is bounded by bytes. */
  readonly bytes: number;
  readonly until: Date | null;
  readonly dependsOn: ReadonlyMap<string, Topic>;
  readonly keptAt: number;
}

/** What is held of one kind. */
interface Held {
  entries: number;
  bytes: number;
}

type Entries = LRUCache<string, Entry>;

/** Entries within a bound, of one kind or several. */
function entriesOf(topics: Topics, bound: { readonly max: number } | { readonly maxSize: number }): Entries {
  const dispose = (entry: Entry): void => {
    topics.remove(entry);
    entry.held.entries -= 1;
    entry.held.bytes -= entry.bytes;
  };
  return 'max' in bound
    ? new LRUCache({ ...bound, dispose })
    : new LRUCache({
        ...bound,
        maxEntrySize: Math.ceil(bound.maxSize / LARGEST_PART),
        sizeCalculation: ({ bytes }) => bytes,
        dispose,
      });
}

/**
 * What was reported of topics. That a topic has changed is noted at the topic, and found when what depends on it is asked for: so a
 * change takes a moment, however much depends on it.
 */
class Topics {
  readonly #known = new Map<string, Topic>();
  /** While something is looked for. */
  readonly #reported = new ReportedTopics();
  #lostAt = 0;

  changed(topics: readonly string[]): void {
    this.#reported.reported(topics);
    for (const name of topics) {
      const known = this.#known.get(name);
      if (known !== undefined) known.changedAt = this.#reported.count;
    }
  }

  lost(): void {
    this.#reported.lost();
    this.#lostAt = this.#reported.count;
  }

  /** Something begins to be looked for. @returns when, for `isStill` */
  begin(): number {
    return this.#reported.begin();
  }

  isStill(began: number, dependsOn: readonly string[]): boolean {
    return this.#reported.isStill(began, dependsOn);
  }

  end(): void {
    this.#reported.end();
  }

  /** An entry as it is now. */
  entry(about: Pick<Entry, 'value' | 'held' | 'bytes' | 'until'>, dependsOn: readonly string[]): Entry {
    const topics = new Map<string, Topic>();
    for (const name of dependsOn) {
      if (topics.has(name)) continue;
      const topic = this.#known.get(name) ?? { changedAt: 0, entries: 0 };
      topic.entries += 1;
      this.#known.set(name, topic);
      topics.set(name, topic);
    }
    return { ...about, dependsOn: topics, keptAt: this.#reported.count };
  }

  /** Whether nothing was reported since of what an entry depends on. */
  holds({ dependsOn, keptAt }: Entry): boolean {
    if (this.#lostAt > keptAt) return false;
    for (const { changedAt } of dependsOn.values()) if (changedAt > keptAt) return false;
    return true;
  }

  remove({ dependsOn }: Entry): void {
    for (const [name, topic] of dependsOn) {
      topic.entries -= 1;
      if (topic.entries === 0) this.#known.delete(name);
    }
  }
}

/** One kind of thing that is remembered. */
class Kind<V extends object> implements Remembered<V> {
  readonly #name: string;
  readonly #feed: Feed;
  readonly #topics: Topics;
  readonly #all: Entries;
  readonly #held: Held = { entries: 0, bytes: 0 };
  #hits = 0;
  #misses = 0;
  #unused = 0;

  /** @param all of other kinds too: what stands there under the name of this one is its own */
  constructor(name: string, feed: Feed, topics: Topics, all: Entries) {
    this.#name = name;
    this.#feed = feed;
    this.#topics = topics;
    this.#all = all;
  }

  remembered(key: string, now: Date): V | undefined {
    if (!this.#feed.isCurrent()) return undefined;
    const place = this.#placeOf(key);
    const entry = this.#all.get(place);
    if (entry === undefined) return undefined;
    if (this.#topics.holds(entry) && (entry.until === null || now < entry.until)) {
      this.#hits += 1;
      return entry.value as V;
    }
    this.#all.delete(place);
    return undefined;
  }

  async get(key: string, now: Date, find: () => Promise<Found<V>>): Promise<V> {
    const known = this.remembered(key, now);
    if (known !== undefined) return known;
    this.#misses += 1;
    if (!this.#feed.isCurrent()) this.#unused += 1;
    const began = this.#topics.begin();
    try {
      const { value, dependsOn, until = null } = await find();
      if (dependsOn !== null && this.#topics.isStill(began, dependsOn)) this.#keep(key, value, dependsOn, until);
      return value;
    } finally {
      this.#topics.end();
    }
  }

  #placeOf(key: string): string {
    return `${this.#name}|${key}`;
  }

  #keep(key: string, value: V, dependsOn: readonly string[], until: Date | null): void {
    const place = this.#placeOf(key);
    // Two bytes a character at most, and what an object takes beside its texts.
    const bytes = this.#all.maxSize === 0 ? 0 : ENTRY_BYTES + 2 * (place.length + FORMS * JSON.stringify(value).length);
    const entry = this.#topics.entry({ value, held: this.#held, bytes, until }, dependsOn);
    this.#held.entries += 1;
    this.#held.bytes += bytes;
    this.#all.set(place, entry);
    // What is too large is not taken.
    if (this.#all.peek(place) === entry) return;
    this.#topics.remove(entry);
    this.#held.entries -= 1;
    this.#held.bytes -= bytes;
  }

  counts(): RememberedCounts {
    return { hits: this.#hits, misses: this.#misses, unused: this.#unused, ...this.#held };
  }
}
