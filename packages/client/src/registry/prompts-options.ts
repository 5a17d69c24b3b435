import type { PromptoryError } from '../errors/promptory-error.ts';
import type { PromptSource } from './prompt-source.ts';

/** Prompts that are at hand without a server; see `@promptory/client/bundle`. */
export interface PromptBundle {
  /** The prompt that a reference names, as of when the bundle was made. */
  find(ref: string): PromptSource | undefined;
}

/** What happened to one use of a prompt, or to what is kept of it. */
export type PromptEvent = { readonly ref: string } & (
  | /** Changes are told from now on, or not any more: then it is asked for from time to time. */
  { readonly type: 'live' | 'polled' }
  /** Served from the cache without asking: a prompt, or the refusal that was answered a moment ago. */
  | { readonly type: 'hit'; readonly ageMs: number }
  /** Served from the cache, and asked for again beside it. */
  | { readonly type: 'stale'; readonly ageMs: number }
  /** Not in the cache: the call waits for the server. */
  | { readonly type: 'miss' }
  /** Asked for again: there was another version, or the same. */
  | { readonly type: 'revalidated'; readonly changed: boolean }
  /** The server says that it is not there any more, or not for this caller: it is served no longer. */
  | { readonly type: 'removed'; readonly error: PromptoryError }
  /** The server refused, or gave no answer. */
  | { readonly type: 'error'; readonly error: PromptoryError }
  /** Served from the bundle, or the fallback of the code, since no server answered. */
  | { readonly type: 'bundle' | 'fallback'; readonly error: PromptoryError }
);

/** How the prompts that `promptory.prompt` fetches are kept. Times are milliseconds. */
export interface PromptsOptions {
  /** For how long a prompt is served without asking again: 60,000 unless given. */
  readonly freshMs?: number | undefined;
  /** The same of a version, such as `support/triage#3`, which never changes: an hour. */
  readonly versionFreshMs?: number | undefined;
  /** For how much longer it is served while it is asked for again, also where no server answers: an hour. */
  readonly staleMs?: number | undefined;
  /** For how long it is remembered that a reference names nothing, or that no server answered: 5,000. */
  readonly missingMs?: number | undefined;
  /** How long a call that has a bundle or a fallback waits for the server: 2,000. */
  readonly patienceMs?: number | undefined;
  /** References that are kept: 1,000. The one that was used longest ago goes first. With 0 none is kept, and each use asks the server. */
  readonly maxEntries?: number | undefined;
  /** Memory of their texts, about: 50 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Whether the server tells of each change, so that a moved label is seen within moments: `true` keeps a connection open from the first use
   * of a prompt to `$close()`, which keeps a process of Node running. While it is not to be had prompts are asked for from time to time, as
   * without it. False unless given.
   */
  readonly live?: boolean | undefined;
  /** Serves what no server answers for. */
  readonly bundle?: PromptBundle | undefined;
  /** Called for each use, and whenever the server was asked, in a microtask of its own. What it throws is written to the console. */
  readonly onEvent?: ((event: PromptEvent) => void) | undefined;
}

/** Settings that are numbers. */
const NUMBERS = ['freshMs', 'versionFreshMs', 'staleMs', 'missingMs', 'patienceMs', 'maxEntries', 'maxBytes'] as const;

/** @throws TypeError for a setting that is of another type, or less than nothing */
export function checkPromptsOptions(options: PromptsOptions): void {
  const live: unknown = options.live;
  if (live !== undefined && typeof live !== 'boolean') throw new TypeError('`prompts.live` must be true or false.');
  for (const name of NUMBERS) {
    const given: unknown = options[name];
    if (given !== undefined && !(typeof given === 'number' && given >= 0))
      throw new TypeError(`\`prompts.${name}\` must be a number, and not less than 0.`);
  }
}
