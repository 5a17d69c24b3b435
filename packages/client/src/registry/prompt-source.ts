import type { inferOutputs } from '../contract/infer.ts';

type Resolved = inferOutputs<'prompts.resolve'>;

/** An object of JSON, as it was saved. */
export type JsonObject = Resolved['config'];

/** A message of a prompt as it is written, or the place of a list of messages. */
export type SourceMessage = NonNullable<Resolved['messages']>[number];

/** What a text includes: the name that it writes, and the version that is meant. */
export interface Include {
  readonly name: string;
  readonly promptId: string;
  readonly version: number;
}

/** A version of a prompt as it is written, with all that it includes: enough to render it. */
export interface PromptSource {
  /** Null for one that is given in code, and so is `version`. */
  readonly promptId: string | null;
  readonly version: number | null;
  /** Its handle and slug; of one that is given in code the reference that it stands in for. */
  readonly ref: string;
  readonly title: string;
  readonly description: string;
  readonly content: string;
  /** Null for a text prompt. */
  readonly messages: readonly SourceMessage[] | null;
  /** The settings to ask a model with. */
  readonly config: JsonObject;
  readonly inputSchema: JsonObject | null;
  /** Null where a model answers text. */
  readonly outputSchema: JsonObject | null;
  /** What it takes and answers, where that is known already. */
  readonly signature?: { readonly inputs: object } | null;
  /** Why it cannot be rendered. */
  readonly templateFault?: TemplateFault | null;
  readonly includes?: readonly Include[];
  /** All that it includes, by whatever way. */
  readonly included?: readonly {
    readonly promptId: string;
    readonly version: number;
    readonly content: string;
    /** Where the inputs of the whole are not known. */
    readonly inputSchema?: JsonObject | null;
    readonly includes: readonly Include[];
  }[];
}

/** Why a text is no template, and where. */
export type TemplateFault = import('../contract/contract.ts').ErrorDetails['prompt.template_invalid']['fault'];

/** Where a prompt came from. */
export type PromptOrigin = 'server' | 'bundle' | 'fallback';
