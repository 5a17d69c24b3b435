/**
 * Why a template is refused, or stopped.
 *
 * - `syntax`: it is not Liquid; `unclosed`: a tag, an output or a block has no end
 * - `unknown_tag`, `refused_tag`, `unknown_filter`: no part of the language here
 * - `dynamic_name`: a name or property that only a value would tell
 * - `limit`: it is larger, or works longer, than a template may
 * - `include`: an included prompt is missing, includes itself, or lies too deep
 * - `failed`: a filter cannot do its work on what it got
 */
export type TemplateErrorCode =
  | 'syntax'
  | 'unclosed'
  | 'unknown_tag'
  | 'refused_tag'
  | 'unknown_filter'
  | 'dynamic_name'
  | 'limit'
  | 'include'
  | 'failed';

/** Where something stands in a template: line and column from 1, the column in UTF-16 units. */
export interface TemplatePlace {
  readonly line: number;
  readonly column: number;
}

/** A fault of a template. The message is a sentence for its author. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: TemplateErrorCode;
  readonly line: number;
  readonly column: number;
  /** The reference of the included prompt that it stands in; undefined for the prompt itself. */
  reference: string | undefined;
  /** Where the prompt itself includes what it lies in, if that is known. */
  tag: TemplatePlace | undefined;
  /** Whether prompts include one another without end, or too deep. */
  isEndless = false;
  /** The index of the message that it stands in; undefined for a prompt that is a text. */
  messageIndex: number | undefined;

  constructor(code: TemplateErrorCode, message: string, { line, column }: TemplatePlace) {
    super(message);
    this.code = code;
    this.line = line;
    this.column = column;
  }
}

/** A fault as the author of the prompt itself has it. */
export interface PromptFault {
  readonly code: TemplateErrorCode;
  readonly message: string;
  /** Null where it is not known, and so is `column`. */
  readonly line: number | null;
  readonly column: number | null;
  /** Of a chat. */
  readonly messageIndex: number | null;
}

/** What an error says of the prompt itself: what lies in an included text stands where that is included. */
export function promptFault({ code, message, line, column, reference, tag, ...error }: TemplateError): PromptFault {
  const messageIndex = error.messageIndex ?? null;
  if (reference === undefined) return { code, message, line, column, messageIndex };
  const place = `in the included \`${reference}\`, at line ${line}, column ${column}: `;
  return { code, message: place + message, line: tag?.line ?? null, column: tag?.column ?? null, messageIndex };
}

/** The fault at an offset of `source`. */
export function faultAt(source: string, offset: number, code: TemplateErrorCode, message: string): TemplateError {
  return new TemplateError(code, message, placeOf(source, offset));
}

/** Line and column of an offset; `\n` ends a line. */
export function placeOf(source: string, offset: number): TemplatePlace {
  let line = 1;
  let start = 0;
  for (let end = source.indexOf('\n'); end !== -1 && end < offset; end = source.indexOf('\n', end + 1)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}

/** The offset of a line and column, as `placeOf` counts them. */
export function offsetOf(source: string, { line, column }: TemplatePlace): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) start = source.indexOf('\n', start) + 1;
  return start + column - 1;
}
