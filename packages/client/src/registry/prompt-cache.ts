import { LRUCache } from 'lru-cache';
import { toPromptoryError } from '../errors/error-answer.ts';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { HeldPrompt } from './held-prompt.ts';
import type { PromptEvent } from './prompts-options.ts';

/** In milliseconds, entries and bytes; see PromptsOptions. */
export interface CacheSettings {
  readonly freshMs: number;
  readonly versionFreshMs: number;
  readonly staleMs: number;
  readonly missingMs: number;
  readonly patienceMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

interface CacheOptions extends CacheSettings {
  /** Asks the server. */
  readonly resolve: (ref: string) => Promise<HeldPrompt>;
  /** What there is without a server. */
  readonly bundled: (ref: string) => HeldPrompt | undefined;
  readonly tell: (event: PromptEvent) => void;
  /** Whether a change would have been told by now: then a prompt is fresh whatever its age. */
  readonly isLive: (ref: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is known of a reference. */
interface Kept {
  readonly verdict: HeldPrompt | PromptoryError;
  /** When the server was asked. */
  readonly at: number;
  readonly freshMs: number;
  /** Before then it is not asked again: a moment ago it gave no answer. */
  retryAt: number;
}

/** The server’s last word: the reference names nothing that this caller may have. */
const REFUSALS = new Set<string>([
  'prompt.not_found',
  'prompt.forbidden',
  'prompt.version_not_found',
  'label.not_found',
  'request.invalid',
]);
const isRefusal = ({ code, status }: PromptoryError): boolean =>
  REFUSALS.has(code) || status === 401 || status === 403 || status === 404;

/** What a reference, an entry and its times take, beside the text. */
const ENTRY_BYTES = 500;

/** More entries than that are bounded by their bytes alone: the cache below would make room for all of them at once. */
const MANY = 1_000_000;

/** In milliseconds; a clock that was set back makes nothing fresh. */
const ageOf = ({ at }: Kept, now: number): number => (now < at ? Infinity : now - at);

const isPrompt = (verdict: Kept['verdict']): verdict is HeldPrompt => !(verdict instanceof Error);

/**
 * Prompts by reference, bounded in number and bytes. One is served without asking while it is fresh, then, for a while, as it is and
 * asked for again beside that, and never later. However many want it, it is asked for once. What the server says is gone is served no
 * longer, and neither from the bundle.
 */
export class PromptCache {
  readonly #options: CacheOptions;
  readonly #kept: LRUCache<string, Kept>;
  readonly #keeps: boolean;
  readonly #asked = new Map<string, Promise<HeldPrompt>>();
  /** Another one after all was forgotten: answers of before are for whoever asked, and are not kept. */
  #generation = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
    const { maxEntries, maxBytes } = options;
    // To the cache below, none at all would be as many as there are.
    this.#keeps = maxEntries >= 1 && maxBytes >= 1;
    this.#kept = new LRUCache({
      max: maxEntries > MANY ? 0 : Math.max(1, Math.floor(maxEntries)),
      maxSize: maxBytes === Infinity ? Number.MAX_SAFE_INTEGER : Math.max(1, Math.floor(maxBytes)),
      sizeCalculation: ({ verdict }, ref) => ENTRY_BYTES + 2 * ref.length + (isPrompt(verdict) ? verdict.bytes : 0),
    });
  }

  /** A prompt that needs no asking now; what is stale is asked for again beside it. Undefined where a caller has to wait. */
  served(ref: string): HeldPrompt | undefined {
    const kept = this.#kept.get(ref);
    if (kept === undefined || !isPrompt(kept.verdict)) return undefined;
    const now = this.#options.now();
    const ageMs = ageOf(kept, now);
    if (ageMs < kept.freshMs || this.#options.isLive(ref)) this.#options.tell({ type: 'hit', ref, ageMs });
    else if (ageMs < kept.freshMs + this.#options.staleMs) {
      this.#options.tell({ type: 'stale', ref, ageMs });
      // What becomes of it is for the next call, and reported.
      if (now >= kept.retryAt) this.#ask(ref).catch(() => undefined);
    } else return undefined;
    return kept.verdict;
  }

  /**
   * A prompt that `served` has not.
   *
   * @param hasFallback whether the caller can do without an answer, and so does not wait for it long
   * @throws PromptoryError
   */
  async find(ref: string, hasFallback: boolean): Promise<HeldPrompt> {
    const { bundled, tell } = this.#options;
    const kept = this.#kept.get(ref);
    const standIn = bundled(ref);
    const canWait = !hasFallback && standIn === undefined;
    try {
      if (kept !== undefined && !isPrompt(kept.verdict)) {
        const ageMs = ageOf(kept, this.#options.now());
        // That no server answered is remembered for those only who can do without.
        if (ageMs < kept.freshMs && (isRefusal(kept.verdict) || !canWait)) {
          tell({ type: 'hit', ref, ageMs });
          throw kept.verdict;
        }
      }
      tell({ type: 'miss', ref });
      return await (canWait ? this.#ask(ref) : this.#askShortly(ref));
    } catch (cause) {
      const error = toPromptoryError(cause);
      if (standIn === undefined || isRefusal(error) || error.code === 'client.aborted') throw error;
      tell({ type: 'bundle', ref, error });
      return standIn;
    }
  }

  /**
   * The server tells where a reference leads now; null: nowhere. What is kept and not that is asked for, and served until the answer is there.
   * @param isSame whether nothing has changed since it was told last; undefined where it never was
   */
  learn(ref: string, now: { promptId: string; version: number } | null, isSame: boolean | undefined): void {
    const underWay = this.#asked.get(ref);
    if (underWay !== undefined) {
      // What is answered may be of before.
      const again = (): void => this.learn(ref, now, isSame);
      underWay.then(again, again);
      return;
    }
    const kept = this.#kept.peek(ref);
    if (kept === undefined || isSame === true) return;
    const { verdict } = kept;
    const isThat = isPrompt(verdict)
      ? verdict.source.promptId === now?.promptId && verdict.source.version === now.version
      : now === null;
    // Of what it includes another version may be told.
    const mayInclude = isPrompt(verdict) && (verdict.source.includes?.length ?? 0) > 0;
    if (!isThat || mayInclude) this.#ask(ref).catch(() => undefined);
  }

  /** Forgets one reference, or all. */
  forget(ref?: string): void {
    this.#generation++;
    this.#asked.clear();
    if (ref === undefined) this.#kept.clear();
    else this.#kept.delete(ref);
  }

  #ask(ref: string): Promise<HeldPrompt> {
    const underWay = this.#asked.get(ref);
    if (underWay !== undefined) return underWay;
    const generation = this.#generation;
    const keep = (verdict: Kept['verdict'], freshMs: number): void => {
      if (!this.#keeps || generation !== this.#generation) return;
      this.#kept.set(ref, { verdict, freshMs, at: this.#options.now(), retryAt: 0 });
    };
    const asking = this.#options
      .resolve(ref)
      .then(
        (prompt) => {
          this.#tellRevalidated(ref, prompt);
          keep(prompt, prompt.isImmutable ? this.#options.versionFreshMs : this.#options.freshMs);
          return prompt;
        },
        (cause) => {
          const error = toPromptoryError(cause);
          this.#failed(ref, error, keep);
          throw error;
        },
      )
      .finally(() => {
        if (this.#asked.get(ref) === asking) this.#asked.delete(ref);
      });
    this.#asked.set(ref, asking);
    return asking;
  }

  /** The answer, where it comes soon; it is kept whenever it comes. */
  async #askShortly(ref: string): Promise<HeldPrompt> {
    const { patienceMs } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = () =>
        new PromptoryError({ code: 'client.network', message: `No answer came within ${patienceMs} ms.` });
      timer = setTimeout(() => reject(error()), patienceMs);
    });
    try {
      return await Promise.race([this.#ask(ref), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #tellRevalidated(ref: string, prompt: HeldPrompt): void {
    const before = this.#kept.peek(ref)?.verdict;
    if (before === undefined || !isPrompt(before)) return;
    const changed =
      before.source.promptId !== prompt.source.promptId || before.source.version !== prompt.source.version;
    this.#options.tell({ type: 'revalidated', ref, changed });
  }

  #failed(ref: string, error: PromptoryError, keep: (verdict: PromptoryError, freshMs: number) => void): void {
    const { tell, missingMs, staleMs, now } = this.#options;
    const kept = this.#kept.peek(ref);
    const hadPrompt = kept !== undefined && isPrompt(kept.verdict);
    const isGone = isRefusal(error);
    tell({ type: hadPrompt && isGone ? 'removed' : 'error', ref, error });
    if (hadPrompt && !isGone && now() < kept.at + kept.freshMs + staleMs) kept.retryAt = now() + missingMs;
    else if (error.code !== 'client.aborted') keep(error, missingMs);
  }
}
