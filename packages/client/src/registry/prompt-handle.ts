import type { MessagePart, MessageRole } from '../contract/contract.ts';
import type { JsonObject, PromptOrigin, PromptSource, SourceMessage } from './prompt-source.ts';
import type { KnownReference, PromptInputs, PromptOutput, UnlistedReference } from './prompt-types.ts';

/** A turn as a model takes it, whoever makes the model. */
export interface RenderedMessage {
  readonly role: MessageRole;
  readonly content: string | readonly MessagePart[];
}

/** What a prompt says with the values of a caller, and what else is needed to ask a model. */
export interface RenderedPrompt<Output = unknown> {
  /** Its handle and slug. */
  readonly ref: string;
  /** Null for a fallback of the code, and so is `version`. */
  readonly promptId: string | null;
  readonly version: number | null;
  readonly kind: 'text' | 'chat';
  /** Of a text prompt; null for a chat. */
  readonly text: string | null;
  /** Of a chat; null for a text prompt. */
  readonly messages: readonly RenderedMessage[] | null;
  /** The settings to ask a model with. It is the cache’s own, and frozen. */
  readonly config: JsonObject;
  /** JSON Schema of the answer; null is text. Frozen as well. */
  readonly outputSchema: JsonObject | null;
  readonly origin: PromptOrigin;
  /**
   * What a model answered, read by the output schema of this version: text, JSON, or JSON within text or a fence. Without a schema
   * it is the text itself.
   *
   * @throws PromptoryError client.answer_invalid with every fault by path
   */
  parse(answer: unknown): Output;
}

/** A version of a prompt as it is written. All of it is the cache’s own, and frozen. */
export interface FetchedPrompt extends PromptSource {
  readonly kind: 'text' | 'chat';
  readonly origin: PromptOrigin;
}

/** A prompt that is given in code, for when no other is to be had. */
export interface FallbackPrompt {
  /** Of a text prompt; of a chat `messages` hold the text. */
  readonly content?: string;
  readonly messages?: readonly SourceMessage[];
  readonly config?: JsonObject;
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
}

interface CallOptions {
  /** Ends the waiting of this call; what others wait for goes on. */
  readonly signal?: AbortSignal;
}

/** How a prompt is to be used. */
export interface PromptOptions<Lenient extends boolean = boolean> {
  /** Used where neither the server nor the bundle gives the prompt, whatever the reason. */
  readonly fallback?: FallbackPrompt;
  /** What is missing is nothing, and what is unknown is passed over, instead of a refusal. */
  readonly lenient?: Lenient;
}

type RenderArguments<Inputs> =
  Record<never, never> extends Inputs
    ? [inputs?: Inputs, options?: CallOptions]
    : [inputs: Inputs, options?: CallOptions];

/** A prompt by its reference: fetched when it is first used, kept, and asked for again from time to time. */
export interface PromptHandle<Inputs = Readonly<Record<string, unknown>>, Output = unknown> {
  readonly ref: string;
  /**
   * The version that the reference names.
   *
   * @throws PromptoryError prompt.not_found, prompt.version_not_found, label.not_found, and whatever else a call may meet
   */
  get(options?: CallOptions): Promise<FetchedPrompt>;
  /**
   * Puts values into it, in this process: they do not reach the server.
   *
   * @throws PromptoryError prompt.inputs_invalid with every fault by path, prompt.template_invalid with the place, and as `get` does
   */
  render(...given: RenderArguments<Inputs>): Promise<RenderedPrompt<Output>>;
  /**
   * Reads an answer as `parse` of what was rendered does; by the version that the reference names now, which another one may have
   * become since.
   *
   * @throws PromptoryError as `parse` of a RenderedPrompt and `get` do
   */
  parse(answer: unknown, options?: CallOptions): Promise<Output>;
}

/**
 * A prompt by its reference: `[handle/]slug[@label|#version]`, which without a label or version means `@production`. Nothing is
 * fetched before it is used. References, inputs and outputs are typed once `promptory types` has written them down.
 */
export type PromptOf = <Ref extends KnownReference | UnlistedReference, Lenient extends boolean = false>(
  ref: Ref,
  options?: PromptOptions<Lenient>,
) => PromptHandle<Lenient extends true ? Partial<PromptInputs<Ref>> : PromptInputs<Ref>, PromptOutput<Ref>>;

type Values = Readonly<Record<string, unknown>>;

/** What looks after the prompts of a client. Loaded once one is used: it brings the prompt language along. */
export interface Registry {
  get(ref: string, given: PromptOptions, signal?: AbortSignal): Promise<FetchedPrompt>;
  render(ref: string, inputs: Values, given: PromptOptions, signal?: AbortSignal): Promise<RenderedPrompt>;
  parse(ref: string, answer: unknown, given: PromptOptions, signal?: AbortSignal): Promise<unknown>;
  /** Forgets what is kept of one reference, or of all. */
  forget(ref?: string): void;
}

/** A registry that is opened with the first use; what it has been opened to is at hand then. */
class LazyRegistry {
  readonly #open: () => Promise<Registry>;
  #opening: Promise<Registry> | undefined;
  opened: Registry | undefined;

  constructor(open: () => Promise<Registry>) {
    this.#open = open;
  }

  async open(): Promise<Registry> {
    this.#opening ??= this.#open();
    try {
      this.opened = await this.#opening;
      return this.opened;
    } catch (cause) {
      // A chunk that a browser could not load may be there the next time.
      this.#opening = undefined;
      throw cause;
    }
  }
}

class Handle implements PromptHandle {
  readonly ref: string;
  readonly #options: PromptOptions;
  readonly #registry: LazyRegistry;

  constructor(ref: string, options: PromptOptions, registry: LazyRegistry) {
    this.ref = ref;
    this.#options = options;
    this.#registry = registry;
  }

  async get(options?: CallOptions): Promise<FetchedPrompt> {
    const registry = this.#registry.opened ?? (await this.#registry.open());
    return registry.get(this.ref, this.#options, options?.signal);
  }

  async render(inputs: Values = {}, options?: CallOptions): Promise<RenderedPrompt> {
    const registry = this.#registry.opened ?? (await this.#registry.open());
    return registry.render(this.ref, inputs, this.#options, options?.signal);
  }

  async parse(answer: unknown, options?: CallOptions): Promise<unknown> {
    const registry = this.#registry.opened ?? (await this.#registry.open());
    return registry.parse(this.ref, answer, this.#options, options?.signal);
  }
}

const NO_OPTIONS: PromptOptions = {};

/** The handles of the prompts of a registry that is opened with the first use. */
export function promptHandles(open: () => Promise<Registry>): { prompt: PromptOf; forget: (ref?: string) => void } {
  const registry = new LazyRegistry(open);
  const handle = (ref: string, options = NO_OPTIONS): PromptHandle => new Handle(ref, options, registry);
  // What is known of a reference, the types of PromptOf say.
  return { prompt: handle as PromptOf, forget: (ref) => registry.opened?.forget(ref) };
}
