import type { FetchedPrompt } from './prompt-handle.ts';
import type { PromptOrigin, PromptSource } from './prompt-source.ts';
import { type ReadPrompt, readPrompt } from './read-prompt.ts';

/** A prompt that is kept: what callers get of it, frozen, and what it is once it has been read, which happens once. */
export class HeldPrompt {
  readonly source: FetchedPrompt;
  /** Whether the same reference can never name anything else. */
  readonly isImmutable: boolean;
  /** Memory that its texts take, about. */
  readonly bytes: number;
  #read: ReadPrompt | undefined;

  constructor(source: PromptSource, origin: PromptOrigin, ref: string) {
    const kind = source.messages === null ? 'text' : 'chat';
    this.source = deepFrozen({ ...source, kind, origin });
    const { includes = [], included = [] } = source;
    const names = [includes, ...included.map((one) => one.includes)].flat();
    this.isImmutable = ref.includes('#') && !names.some(({ name }) => name.includes('@'));
    // A parsed text takes about as much again.
    this.bytes = 4 * JSON.stringify(source).length;
  }

  /** @throws PromptoryError prompt.template_invalid */
  get read(): ReadPrompt {
    this.#read ??= readPrompt(this.source);
    return this.#read;
  }
}

/** What one caller would change, all others would see. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFrozen(member);
  return Object.freeze(value);
}
