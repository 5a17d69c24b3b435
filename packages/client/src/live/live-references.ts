import type { EventsListener } from './event-stream.ts';

/** Where a reference leads, as the server tells it. */
export interface LedPrompt {
  readonly promptId: string;
  readonly version: number;
}

export interface LiveOptions {
  /** Opens a stream over references, from where another one was. */
  open(refs: readonly string[], listener: EventsListener, leftAt: string | undefined): OpenStream;
  /**
   * A reference leads there now; null: nowhere.
   * @param isSame whether the text is the one that was told before, with all that it includes; undefined where none was
   */
  learn(ref: string, now: LedPrompt | null, isSame: boolean | undefined): void;
  /** Changes of a reference are told from now on, or not any more. */
  tell(ref: string, isLive: boolean): void;
}

interface OpenStream {
  readonly leftAt: string | undefined;
  close(): void;
}

/** What the server tells; a newer one may tell more. */
type LiveEvent =
  | ({ readonly type: 'prompt'; readonly ref: string; readonly revision: string } & LedPrompt)
  | { readonly type: 'none'; readonly ref: string; readonly code: string }
  | { readonly type: 'reset' };

/** References of one stream: what the server takes, and what an address holds. */
const MOST_REFS = 100;
const MOST_LENGTH = 4_000;
const MOST_STREAMS = 5;
/** References that are used for the first time within so many milliseconds are asked for together. */
const GATHER_MS = 50;

const lengthOf = (refs: Iterable<string>): number =>
  [...refs].reduce((sum, ref) => sum + encodeURIComponent(ref).length + 6, 0);

interface Group {
  readonly refs: Set<string>;
  /** Of which the state is known, and told on. */
  readonly live: Set<string>;
  stream: OpenStream | null;
}

/** Which references are watched, by how many streams; those that find no room are asked for from time to time as before. */
export class LiveReferences {
  readonly #options: LiveOptions;
  readonly #groups: Group[] = [];
  readonly #groupOf = new Map<string, Group>();
  /** What was told of a reference last: the revision of a text, or why there is none. */
  readonly #known = new Map<string, string>();
  readonly #new = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRefused = false;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** Watches a reference from now on. */
  watch(ref: string): void {
    if (this.#isRefused || this.#groupOf.has(ref) || this.#new.has(ref)) return;
    this.#new.add(ref);
    this.#timer ??= setTimeout(() => this.#gather(), GATHER_MS);
  }

  /** Whether it would have been told by now if a reference led elsewhere. */
  isLive(ref: string): boolean {
    return this.#groupOf.get(ref)?.live.has(ref) ?? false;
  }

  /** Watches nothing any more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#new.clear();
    for (const group of this.#groups.splice(0)) {
      this.#down(group);
      group.stream?.close();
    }
    this.#groupOf.clear();
    this.#known.clear();
    this.#isRefused = false;
  }

  #gather(): void {
    this.#timer = undefined;
    const changed = new Set<Group>();
    for (const ref of this.#new) {
      const group = this.#groupWithRoom(ref);
      if (group === undefined) break;
      group.refs.add(ref);
      this.#groupOf.set(ref, group);
      changed.add(group);
    }
    this.#new.clear();
    for (const group of changed) this.#open(group);
  }

  #groupWithRoom(ref: string): Group | undefined {
    const last = this.#groups.at(-1);
    const hasRoom = last !== undefined && last.refs.size < MOST_REFS && lengthOf([...last.refs, ref]) <= MOST_LENGTH;
    if (hasRoom) return last;
    if (this.#groups.length === MOST_STREAMS) return undefined;
    const group: Group = { refs: new Set(), live: new Set(), stream: null };
    this.#groups.push(group);
    return group;
  }

  /** Anew where it is open already: from where it was. */
  #open(group: Group): void {
    const leftAt = group.stream?.leftAt;
    group.stream?.close();
    this.#down(group);
    const isCurrent = (): boolean => group.stream === stream;
    const stream: OpenStream = this.#options.open(
      [...group.refs],
      {
        onEvent: (data) => {
          if (isCurrent()) this.#take(group, data as LiveEvent);
        },
        onCurrent: () => {
          if (isCurrent()) for (const ref of group.refs) if (this.#known.has(ref)) this.#up(group, ref);
        },
        onDown: () => {
          if (isCurrent()) this.#down(group);
        },
        onRefused: () => {
          if (!isCurrent()) return;
          this.forget();
          this.#isRefused = true;
        },
      },
      leftAt,
    );
    group.stream = stream;
  }

  #take(group: Group, event: LiveEvent): void {
    if (event.type !== 'prompt' && event.type !== 'none') return;
    const { ref } = event;
    const before = this.#known.get(ref);
    const revision = event.type === 'prompt' ? event.revision : event.code;
    this.#known.set(ref, revision);
    this.#options.learn(
      ref,
      event.type === 'prompt' ? event : null,
      before === undefined ? undefined : before === revision,
    );
    this.#up(group, ref);
  }

  #up(group: Group, ref: string): void {
    if (group.live.has(ref)) return;
    group.live.add(ref);
    this.#options.tell(ref, true);
  }

  #down(group: Group): void {
    for (const ref of group.live) this.#options.tell(ref, false);
    group.live.clear();
  }
}
