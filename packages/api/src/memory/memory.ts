/**
 * What a process remembers of the database, coherent with it: whoever finds something says on which topics it depends, and each
 * commit that changes one of these, by whichever process, has it forgotten. The feed tells of them (`openChangeFeed`). Three rules make that right:
 *
 * - Nothing is used unless the feed is current: all is forgotten by then that was committed up to a second ago, and all that this
 *   process has answered to have changed.
 * - What was found is kept only where none of its topics was told of since before it was looked for. A change that the feed tells of later
 *   has it forgotten then, whether the finding saw it or not.
 * - It is kept for whoever asked, under a key that says so, and depends on what lets them see it. So to use it is to admit them.
 *
 * Finding runs outside transactions, and on the database that the feed reads, not on a replica.
 */
import type { ChangeFeed, ChangeFeedCounts } from '@promptory/db';
import { LRUCache } from 'lru-cache';
import type { Found, Memory, Remembered } from '../context.ts';

export interface MemoryBounds {
  /** Credentials whose principals are remembered, at most. */
  readonly principals: number;
  /** Of resolved prompts, at most. */
  readonly resolvedBytes: number;
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
  readonly kinds: Readonly<Record<'principals' | 'resolved', RememberedCounts>>;
}

export interface CountedMemory extends Memory {
  counts(): MemoryCounts;
}

type Feed = Pick<ChangeFeed, 'listen' | 'isCurrent' | 'catchUp' | 'counts'>;

/** About what an entry takes beside its value. */
const ENTRY_BYTES = 600;
/** Of a kind's bytes, that one entry may take. */
const LARGEST_PART = 8;

/** Remembers by a feed. */
export function createMemory(feed: Feed, { principals, resolvedBytes }: MemoryBounds): CountedMemory {
  const topics = new Topics();
  feed.listen(topics);
  const kinds = {
    principals: new Kind<Awaited<ReturnType<Memory['principals']['get']>>>(feed, topics, { max: principals }),
    resolved: new Kind<Awaited<ReturnType<Memory['resolved']['get']>>>(feed, topics, { maxSize: resolvedBytes }),
  };
  return {
    ...kinds,
    catchUp: () => feed.catchUp(),
    counts: () => ({
      feed: feed.counts(),
      kinds: { principals: kinds.principals.counts(), resolved: kinds.resolved.counts() },
    }),
  };
}

const findAnew = { get: async <V>(_key: string, _now: Date, find: () => Promise<Found<V>>) => (await find()).value };

/** Remembers nothing. */
export const noMemory: Memory = { principals: findAnew, resolved: findAnew, catchUp: async () => undefined };

interface Entry<V> {
  readonly value: V;
  readonly dependsOn: readonly string[];
  readonly until: Date | null;
  forget(): void;
}

/** Told topics that findings under way are held against, at most. */
const MOST_CHANGED = 20_000;

/** Who depends on what, and what was told while something was looked for. */
class Topics {
  readonly #dependents = new Map<string, Set<Entry<unknown>>>();
  readonly #changedAt = new Map<string, number>();
  /** Of findings that began before it nothing is known. */
  #floor = 0;
  #count = 0;
  #underWay = 0;

  changed(topics: readonly string[]): void {
    this.#count += 1;
    for (const topic of topics) {
      for (const entry of this.#dependents.get(topic) ?? []) entry.forget();
      if (this.#underWay > 0) this.#changedAt.set(topic, this.#count);
    }
    if (this.#changedAt.size > MOST_CHANGED) this.#forgetOrder();
  }

  lost(): void {
    this.#count += 1;
    for (const entries of [...this.#dependents.values()]) for (const entry of entries) entry.forget();
    this.#forgetOrder();
  }

  #forgetOrder(): void {
    this.#changedAt.clear();
    this.#floor = this.#count;
  }

  /** Finds, and answers besides whether nothing was told meanwhile of what it depends on. */
  async watch<V>(find: () => Promise<Found<V>>): Promise<{ found: Found<V>; isStill: boolean }> {
    const began = this.#count;
    this.#underWay += 1;
    try {
      const found = await find();
      const isStill =
        began >= this.#floor && (found.dependsOn ?? []).every((topic) => (this.#changedAt.get(topic) ?? 0) <= began);
      return { found, isStill };
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#changedAt.clear();
    }
  }

  add(entry: Entry<unknown>): void {
    for (const topic of entry.dependsOn) {
      const entries = this.#dependents.get(topic) ?? new Set();
      this.#dependents.set(topic, entries.add(entry));
    }
  }

  remove(entry: Entry<unknown>): void {
    for (const topic of entry.dependsOn) {
      const entries = this.#dependents.get(topic);
      entries?.delete(entry);
      if (entries?.size === 0) this.#dependents.delete(topic);
    }
  }
}

/** One kind of thing that is remembered. */
class Kind<V extends object> implements Remembered<V> {
  readonly #feed: Feed;
  readonly #topics: Topics;
  readonly #entries: LRUCache<string, Entry<V>>;
  #hits = 0;
  #misses = 0;
  #unused = 0;

  constructor(feed: Feed, topics: Topics, bound: { max: number } | { maxSize: number }) {
    this.#feed = feed;
    this.#topics = topics;
    const dispose = (entry: Entry<V>): void => topics.remove(entry);
    this.#entries =
      'max' in bound
        ? new LRUCache({ ...bound, dispose })
        : new LRUCache({
            ...bound,
            maxEntrySize: Math.ceil(bound.maxSize / LARGEST_PART),
            // Two bytes a character at most, and what an object takes beside its texts.
            sizeCalculation: ({ value }, key) => ENTRY_BYTES + 2 * (key.length + JSON.stringify(value).length),
            dispose,
          });
  }

  async get(key: string, now: Date, find: () => Promise<Found<V>>): Promise<V> {
    const isCurrent = this.#feed.isCurrent();
    const entry = isCurrent ? this.#entries.get(key) : undefined;
    if (entry !== undefined && (entry.until === null || now < entry.until)) {
      this.#hits += 1;
      return entry.value;
    }
    this.#misses += 1;
    if (!isCurrent) this.#unused += 1;
    const { found, isStill } = await this.#topics.watch(find);
    if (isStill && found.dependsOn !== null) this.#keep(key, { ...found, dependsOn: found.dependsOn });
    return found.value;
  }

  #keep(key: string, { value, dependsOn, until = null }: Found<V> & { dependsOn: readonly string[] }): void {
    const entry: Entry<V> = {
      ...{ value, until, dependsOn: [...new Set(dependsOn)] },
      forget: () => {
        if (this.#entries.peek(key) === entry) this.#entries.delete(key);
      },
    };
    this.#topics.add(entry);
    this.#entries.set(key, entry);
    // What is too large is not taken.
    if (this.#entries.peek(key) !== entry) this.#topics.remove(entry);
  }

  counts(): RememberedCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      unused: this.#unused,
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize ?? 0,
    };
  }
}
