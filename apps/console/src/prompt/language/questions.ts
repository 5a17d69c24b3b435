import type { ChatMessage } from '@promptory/client';
import type { InputConflict, InputSchema, SchemaBreak, VersionDiff } from '@promptory/template';

/** What the language says of one text. */
export interface Checked {
  /** Where it is no template; null where it is one. Line and column from 1. */
  readonly fault: { readonly message: string; readonly line: number; readonly column: number } | null;
  /** The names that it asks for; none where it is no template. */
  readonly inputs: readonly string[];
  /** All filters that there are. */
  readonly filters: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** To which prompt a reference in a text leads. */
interface Edge {
  readonly name: string;
  readonly key: string;
}

/** A version that is included, by whatever way. */
export interface IncludedText {
  /** What it is, whatever it is called. */
  readonly key: string;
  readonly content: string;
  readonly inputSchema: Json | null;
  readonly includes: readonly Edge[];
}

/** All that a prompt includes. */
export interface Included {
  readonly includes: readonly Edge[];
  readonly texts: readonly IncludedText[];
}

/** What decides on what a version takes: saved, or as it is typed. */
export interface Source {
  /** Empty for a chat that is not saved. */
  readonly content: string;
  readonly messages: readonly object[] | null;
  readonly inputSchema: Json | null;
  /** Where it is not known yet, the prompt is taken alone. */
  readonly included?: Included | undefined;
}

/** All that a version holds. */
export interface Version extends Source {
  readonly title: string;
  readonly description: string;
  readonly config: Json;
  readonly outputSchema: Json | null;
}

/** What a version takes, with what it includes as far as that is given. */
export interface Read {
  /** Null where it is no template, or no schema can say it. */
  readonly inputs: InputSchema | null;
  readonly fault: string | null;
  /** Where its text and its declaration do not fit. */
  readonly conflicts: readonly InputConflict[];
  /** The references by which it includes others; null where it is no template. */
  readonly includes: readonly string[] | null;
}

/** What a version is to become, beside what it is. */
export interface Reviewed {
  readonly diff: VersionDiff;
  readonly before: Read;
  readonly after: Read;
  /** What of the new one the callers of the old one cannot do with; null where either cannot be called. */
  readonly breaks: readonly SchemaBreak[] | null;
}

/** A prompt that is to be rendered. */
export interface Asking extends Pick<Source, 'content' | 'messages' | 'included'> {
  readonly values: Json;
  readonly inputs: Json;
}

/** A message as a model takes it. */
export type SaidMessage = Exclude<ChatMessage, { type: 'placeholder' }>;

/** What a prompt says, or why it says nothing yet, with what is wrong with which input. */
export type Rendered =
  | {
      readonly said: { readonly content: string; readonly messages: readonly SaidMessage[] | null };
      readonly faults?: undefined;
    }
  | { readonly said: null; readonly why: string; readonly faults: Readonly<Record<string, string>> };

/** What the page asks the worker, and what that answers. */
export interface Questions {
  readonly check: { readonly asked: string; readonly answer: Checked };
  readonly read: { readonly asked: Source; readonly answer: Read };
  readonly render: { readonly asked: Asking; readonly answer: Rendered };
  readonly review: {
    readonly asked: {
      readonly before: Version;
      /** What the server says that the former takes, with what it includes; left out where that is to be worked out. */
      readonly promised?: InputSchema | null;
      readonly after: Version;
    };
    readonly answer: Reviewed;
  };
}

export type Question = keyof Questions;

export interface Asked {
  readonly number: number;
  readonly question: Question;
  readonly asked: Questions[Question]['asked'];
}

export interface Answered {
  readonly number: number;
  readonly answer?: Questions[Question]['answer'];
  /** What went wrong, which is a fault of this page. */
  readonly failed?: string;
}
