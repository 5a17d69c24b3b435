import { type Conversion, convert, type Dialect } from '../convert/convert.ts';
import type { JsonValue } from '../json-value.ts';

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** A part of a message; texts and addresses are Liquid. */
export type DocumentPart = { type: 'text'; text: string } | { type: 'media'; url: string; contentType: string | null };

export type DocumentMessage = { role: Role; content: string | DocumentPart[] } | { type: 'placeholder'; name: string };

/** One prompt of a file, in this package's terms: its texts are Liquid, its schemas JSON Schema 2020-12. */
export interface DocumentPrompt {
  name: string | null;
  description: string | null;
  content: string | null;
  /** Null for a text prompt. */
  messages: DocumentMessage[] | null;
  config: { [key: string]: JsonValue };
  inputSchema: JsonValue;
  /** Null is text. */
  outputSchema: JsonValue;
  tags: string[];
  labels: string[];
  version: number | null;
  changeNote: string | null;
}

/** What a reader has to say about a place of a file. */
export interface DocumentNote {
  /** From 0, in the file's order; null is the file as a whole. */
  prompt: number | null;
  /** From 1, in the text that the note is about: the file, or a body within JSON. */
  line: number;
  column: number;
  /** Where that text is, such as `prompt` or `prompt[2].content`; null is the file. */
  within: string | null;
  message: string;
}

/** What a file holds. A prompt that is refused is not among `prompts`: nothing is imported by half. */
export interface PromptDocument {
  prompts: DocumentPrompt[];
  warnings: DocumentNote[];
  refusals: DocumentNote[];
}

export const emptyPrompt = (): DocumentPrompt => ({
  name: null,
  description: null,
  content: null,
  messages: null,
  config: {},
  inputSchema: null,
  outputSchema: null,
  tags: [],
  labels: [],
  version: null,
  changeNote: null,
});

/** Thrown inside the readers, and answered as a refusal. */
export class FormatFault extends Error {
  override readonly name = 'FormatFault';
  readonly line: number;
  readonly column: number;
  readonly within: string | null;

  constructor(
    message: string,
    { line = 1, column = 1, within = null }: Partial<Pick<DocumentNote, 'line' | 'column' | 'within'>>,
  ) {
    super(message);
    this.line = line;
    this.column = column;
    this.within = within;
  }

  toNote(prompt: number | null): DocumentNote {
    return { prompt, line: this.line, column: this.column, within: this.within, message: this.message };
  }
}

/** @throws FormatFault where the body has no exact Liquid; `within` says which body it is */
export function liquidOf(dialect: Dialect, body: string, within: string): string {
  const conversion: Conversion = convert(dialect, body, { escape: false });
  if ('text' in conversion) return conversion.text;
  const { line, column, reason } = conversion.refused;
  throw new FormatFault(reason, { line, column, within });
}
