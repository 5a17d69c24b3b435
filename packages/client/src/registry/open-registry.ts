import { isPromptoryError } from '../errors/promptory-error.ts';
import { abortable } from '../links/abortable.ts';
import { type LiveOptions, LiveReferences } from '../live/live-references.ts';
import { HeldPrompt } from './held-prompt.ts';
import { type CacheSettings, PromptCache } from './prompt-cache.ts';
import type { FallbackPrompt, PromptOptions, Registry, RenderedPrompt } from './prompt-handle.ts';
import type { PromptEvent, PromptsOptions } from './prompts-options.ts';
import { readAnswer } from './read-answer.ts';
import { type ResolveCalls, resolveTogether } from './resolve-together.ts';

const DEFAULTS = {
  freshMs: 60_000,
  versionFreshMs: 3_600_000,
  staleMs: 3_600_000,
  missingMs: 5_000,
  patienceMs: 2_000,
  maxEntries: 1_000,
  maxBytes: 50 * 1024 * 1024,
};

/** What is undefined was not given. */
function settingsOf(options: PromptsOptions): CacheSettings {
  const settings: Record<keyof CacheSettings, number> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof CacheSettings)[]) settings[name] = options[name] ?? settings[name];
  return settings;
}

/** A listener that throws ends no process for it: what watches a program must not be what stops it. */
function safely(onEvent: (event: PromptEvent) => void, event: PromptEvent): void {
  try {
    onEvent(event);
  } catch (error) {
    console.error('`onEvent` of the prompts of Promptory has thrown:', error);
  }
}

/** What a reference means where it names neither a label nor a version; so that both are kept once. */
const wholeReference = (ref: string): string => (ref.includes('@') || ref.includes('#') ? ref : `${ref}@production`);

/** The caller’s own faults: another text would only hide them. */
const isOwnFault = (error: unknown): boolean =>
  !isPromptoryError(error) || ['client.aborted', 'client.unsendable', 'request.invalid'].includes(error.code);

/** The calls of a registry. */
export interface RegistryCalls extends ResolveCalls {
  readonly watch: LiveOptions['open'];
}

/** The registry of a client: what it has fetched, and the prompt language. `now` is in milliseconds since 1970. */
export function openRegistry(calls: RegistryCalls, options: PromptsOptions, now = Date.now): Registry {
  const { bundle, onEvent } = options;
  const tell = onEvent === undefined ? () => {} : (event: PromptEvent) => queueMicrotask(() => safely(onEvent, event));
  const resolve = resolveTogether(calls);
  const bundled = new Map<string, HeldPrompt>();
  const fallbacks = new WeakMap<FallbackPrompt, HeldPrompt>();
  const cache = new PromptCache({
    ...settingsOf(options),
    resolve: async (ref) => new HeldPrompt(await resolve(ref), 'server', ref),
    bundled(ref) {
      const known = bundled.get(ref);
      const source = known === undefined ? bundle?.find(ref) : undefined;
      if (source === undefined) return known;
      const found = new HeldPrompt(source, 'bundle', ref);
      bundled.set(ref, found);
      return found;
    },
    tell,
    isLive: (ref) => live?.isLive(ref) ?? false,
    now,
  });
  const live =
    options.live === true
      ? new LiveReferences({
          open: calls.watch,
          learn: (ref, state, isSame) => cache.learn(ref, state, isSame),
          tell: (ref, isLive) => tell({ type: isLive ? 'live' : 'polled', ref }),
        })
      : null;

  /** Without a promise where there is nothing to wait for, which is nearly always. */
  function held(given: string, options: PromptOptions, signal?: AbortSignal): HeldPrompt | Promise<HeldPrompt> {
    const ref = wholeReference(given);
    return cache.served(ref) ?? awaited(ref, given, options, signal);
  }

  async function awaited(ref: string, given: string, { fallback }: PromptOptions, signal: AbortSignal | undefined) {
    live?.watch(ref);
    try {
      const finding = cache.find(ref, fallback !== undefined);
      return await (signal === undefined ? finding : abortable(finding, [signal]));
    } catch (error) {
      if (fallback === undefined || isOwnFault(error)) throw error;
      if (isPromptoryError(error)) tell({ type: 'fallback', ref, error });
      let stand = fallbacks.get(fallback);
      if (stand?.source.ref !== given) {
        // A copy: what is kept is frozen, and the program's own objects are not ours.
        stand = new HeldPrompt(sourceOf(structuredClone(fallback), given), 'fallback', ref);
        fallbacks.set(fallback, stand);
      }
      return stand;
    }
  }

  return {
    get: async (ref, given, signal) => (await held(ref, given, signal)).source,
    async render(ref, inputs, given, signal): Promise<RenderedPrompt> {
      const prompt = await held(ref, given, signal);
      const { promptId, version, kind, config, outputSchema, origin } = prompt.source;
      return {
        ...{ ref: prompt.source.ref, promptId, version, kind },
        ...prompt.read.render(inputs, given.lenient ?? false),
        ...{ config, outputSchema, origin },
        parse: (answer) => readAnswer(outputSchema, answer),
      };
    },
    parse: async (ref, answer, given, signal) =>
      readAnswer((await held(ref, given, signal)).source.outputSchema, answer),
    forget(ref) {
      if (ref === undefined) live?.forget();
      cache.forget(ref === undefined ? undefined : wholeReference(ref));
    },
  };
}

const sourceOf = ({ content = '', messages, config = {}, inputSchema, outputSchema }: FallbackPrompt, ref: string) => ({
  ...{ promptId: null, version: null, ref, title: ref, description: '', content, messages: messages ?? null, config },
  ...{ inputSchema: inputSchema ?? null, outputSchema: outputSchema ?? null },
});
