import { type Conversion, type ConvertOptions, convert, type Dialect } from '../../convert/convert.ts';
import type { JsonObject, JsonValue } from '../../json-value.ts';
import type { MessageSource, PartSource, PlaceholderSource } from '../../language/rendering/messages.ts';

/** A part of a message, as messages here have them; its texts and addresses are Liquid. */
export type DocumentPart = PartSource;
export type DocumentMessage = MessageSource | PlaceholderSource;

/** One version of a prompt of a file, in this package's terms: its texts are Liquid, its schemas JSON Schema 2020-12. */
export interface DocumentPrompt {
  /** What programs call it by; may have `/`. */
  name: string | null;
  /** What people call it. */
  title: string | null;
  description: string | null;
  content: string | null;
  /** Null for a text prompt. */
  messages: readonly DocumentMessage[] | null;
  config: JsonObject;
  inputSchema: JsonValue;
  /** Null is text. */
  outputSchema: JsonValue;
  tags: string[];
  labels: string[];
  version: number | null;
  changeNote: string | null;
  /** By which other systems know it: references to them are to resolve. */
  aliases: string[];
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
  /** Of each of `prompts` its place in the file, from 0, by which notes name it. */
  places: number[];
  warnings: DocumentNote[];
  refusals: DocumentNote[];
  /** The names of other prompts that its texts include, as the file writes them; left out where there are none. */
  named?: string[];
}

export const emptyPrompt = (): DocumentPrompt => ({
  name: null,
  title: null,
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
  aliases: [],
});

export type Place = Partial<Pick<DocumentNote, 'line' | 'column' | 'within'>>;

/** Thrown inside the readers, and answered as a refusal. */
export class FormatFault extends Error {
  override readonly name = 'FormatFault';
  readonly line: number;
  readonly column: number;
  readonly within: string | null;

  constructor(message: string, { line = 1, column = 1, within = null }: Place) {
    super(message);
    this.line = line;
    this.column = column;
    this.within = within === '' ? null : within;
  }

  toNote(prompt: number | null): DocumentNote {
    return { prompt, line: this.line, column: this.column, within: this.within, message: this.message };
  }
}

/** Says what of a prompt has no counterpart, and where. */
export type Warn = (message: string, place: Place) => void;

export const emptyDocument = (): PromptDocument => ({ prompts: [], places: [], warnings: [], refusals: [] });

/** Adds what `read` makes of a file's part, or why it makes nothing of it; of that its warnings are dropped. */
export function addPrompt(document: PromptDocument, place: number, read: (warn: Warn) => DocumentPrompt): void {
  const warnings: DocumentNote[] = [];
  try {
    const prompt = read((message, { line = 1, column = 1, within = null }) => {
      warnings.push({ prompt: place, line, column, within, message });
    });
    document.prompts.push(prompt);
    document.places.push(place);
    document.warnings.push(...warnings);
  } catch (error) {
    // A reader that calls itself as often as its text is deep.
    const fault = error instanceof RangeError ? new FormatFault('It is nested too deeply.', {}) : error;
    if (!(fault instanceof FormatFault)) throw error;
    document.refusals.push(fault.toNote(place));
  }
}

/** A file that is one prompt. */
export function documentOf(read: (warn: Warn) => DocumentPrompt): PromptDocument {
  const document = emptyDocument();
  addPrompt(document, 0, read);
  return document;
}

/** Warns of each key that no reader knows, unless it holds nothing: null, or an empty list or object. */
export function warnOfOthers(data: JsonObject, known: ReadonlySet<string>, warn: Warn, within = ''): void {
  for (const [key, value] of Object.entries(data)) {
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!known.has(key) && !isEmpty) warn(`"${key}" has no counterpart here.`, { within: within + key });
  }
}

export const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** @throws FormatFault where the body has no exact Liquid; `within` says which body it is */
export function liquidOf(dialect: Dialect, body: string, within: string, options: ConvertOptions = {}): string {
  const conversion: Conversion = convert(dialect, body, { escape: false, ...options });
  if ('text' in conversion) return conversion.text;
  const { line, column, reason } = conversion.refused;
  throw new FormatFault(reason, { line, column, within });
}
