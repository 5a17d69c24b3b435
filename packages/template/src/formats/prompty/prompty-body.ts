import { Places } from '../../convert/refusal.ts';
import type { JsonValue } from '../../json-value.ts';
import type { MessageRole } from '../../language/rendering/messages.ts';
import { mediaPart } from '../document/media.ts';
import {
  type DocumentMessage,
  type DocumentPart,
  type DocumentPrompt,
  FormatFault,
  liquidOf,
  type Warn,
} from '../document/prompt-document.ts';
import { MEDIA_KINDS, type Property, THREAD } from './properties.ts';

export type BodyDialect = 'jinja2' | 'nunjucks' | 'mustache';

interface Reading {
  readonly template: BodyDialect;
  readonly inputs: readonly Property[];
  /** Of those inputs. */
  readonly schema: JsonValue;
  /** On which the body begins, from 1. */
  readonly line: number;
  /** Whether `![a](b)` is an image. */
  readonly readsImages: boolean;
  readonly warn: Warn;
}

/** A line that begins a message, without the white space around it. */
const ROLE_LINE = /^(?:#\s*)?(system|user|assistant|developer)(\[[^\]]*\])?\s*:$/i;
/** The same by a value, which would decide how many messages there are. */
const ROLE_BY_VALUE = /^#?[ \t]*\{\{[^{}]*\}\}[ \t]*:$/;

/** Whether a line begins a message. */
export const isRoleLine = (line: string): boolean => ROLE_LINE.test(line.trim());

interface Turn {
  readonly role: MessageRole;
  readonly lines: string[];
  /** Of its first line, from 1. */
  readonly start: number;
}

/** @throws FormatFault with line and column of the file */
export function bodyOf(body: string, reading: Reading): Pick<DocumentPrompt, 'content' | 'messages'> {
  const first: Turn = { role: 'system', lines: [], start: reading.line };
  const turns = [first];
  for (const [index, text] of body.split(/\r\n|\r|\n/).entries()) {
    const line = reading.line + index;
    const trimmed = text.trim();
    const [, role, attributes] = ROLE_LINE.exec(trimmed) ?? [];
    if (role === undefined) {
      if (ROLE_BY_VALUE.test(trimmed)) {
        throw new FormatFault('A value would say here whose message it is.', { line, column: text.indexOf('{') + 1 });
      }
      turns.at(-1)?.lines.push(text);
    } else {
      if (attributes !== undefined) reading.warn(`"${attributes}" has no counterpart here.`, { line });
      turns.push({ role: role.toLowerCase() as MessageRole, lines: [], start: line + 1 });
    }
  }
  if (turns.length === 1) {
    const messages = new TurnReader(first, reading).messages();
    const [only, another] = messages;
    if (only === undefined) return { content: '', messages: null };
    const text = another === undefined && 'content' in only ? only.content : null;
    return typeof text === 'string' ? { content: text, messages: null } : { content: null, messages };
  }
  const messages = turns.flatMap((turn) => new TurnReader(turn, reading).messages());
  if (messages.length === 0) throw new FormatFault('No message has a text.', { line: reading.line });
  return { content: null, messages };
}

/** Reads what one role says: texts, media, and threads, which part it. */
class TurnReader {
  readonly #turn: Turn;
  readonly #reading: Reading;
  readonly #messages: DocumentMessage[] = [];
  #parts: DocumentPart[] = [];

  constructor(turn: Turn, reading: Reading) {
    this.#turn = turn;
    this.#reading = reading;
  }

  messages(): DocumentMessage[] {
    const text = this.#turn.lines.join('\n');
    const places = new Places(text);
    let index = 0;
    for (const { at, length, add } of this.#marks(text)) {
      this.#addText(text.slice(index, at), places.at(index));
      add();
      index = at + length;
    }
    this.#addText(text.slice(index), places.at(index));
    this.#endMessage();
    return this.#messages;
  }

  /** Where something else than text stands, in order. */
  #marks(text: string): { at: number; length: number; add: () => void }[] {
    const { inputs, readsImages } = this.#reading;
    const kinds = new Map(inputs.map(({ name, kind }) => [name, kind]));
    const marks: { at: number; length: number; add: () => void }[] = [];
    for (const { 0: whole, 1: name = '', index: at } of text.matchAll(/\{\{-? *([A-Za-z_][A-Za-z0-9_]*) *-?\}\}/g)) {
      const kind = kinds.get(name) ?? '';
      if (kind === THREAD) {
        const add = () => {
          this.#endMessage();
          this.#messages.push({ type: 'placeholder', name });
        };
        marks.push({ at, length: whole.length, add });
      } else if (MEDIA_KINDS.has(kind)) {
        const add = () => this.#parts.push({ type: kind, url: `{{ ${name} }}` });
        marks.push({ at, length: whole.length, add });
      }
    }
    if (!readsImages) return marks;
    const places = new Places(text);
    for (const { 0: whole, 1: url = '', index: at } of text.matchAll(/!\[[^[\]\n]*\]\(([^()\s]+)\)/g)) {
      const { line, column } = places.at(at);
      const place = { line: this.#turn.start + line - 1, column };
      if (!/^(?:https?:|data:|\{\{)/.test(url)) {
        throw new FormatFault('This image is a file beside the prompt, which is not at hand.', place);
      }
      const add = () => this.#parts.push(mediaPart(this.#converted(url, place), null));
      marks.push({ at, length: whole.length, add });
    }
    return marks.toSorted((one, other) => one.at - other.at);
  }

  /** Around a message, and around what stands between its texts, line ends are not part of it. */
  #addText(text: string, { line, column }: { line: number; column: number }): void {
    const start = text.length - text.replace(/^\n+/, '').length;
    const trimmed = trimNewlines(text);
    if (trimmed.trim() === '') return;
    const before = { line: this.#turn.start + line - 1 + start, column: start === 0 ? column : 1 };
    this.#parts.push({ type: 'text', text: this.#converted(trimmed, before) });
  }

  #converted(text: string, before: { line: number; column: number }): string {
    try {
      const { template } = this.#reading;
      // Jinja drops one line end at the end, and none is there.
      return liquidOf(template, text, '', {
        escape: template === 'mustache',
        inputs: this.#reading.schema ?? undefined,
      });
    } catch (error) {
      if (!(error instanceof FormatFault)) throw error;
      const column = error.line === 1 ? error.column + before.column - 1 : error.column;
      throw new FormatFault(error.message, { line: before.line + error.line - 1, column });
    }
  }

  #endMessage(): void {
    const [only, another] = this.#parts;
    if (only !== undefined) {
      const text = another === undefined && only.type === 'text' ? only.text : null;
      this.#messages.push({ role: this.#turn.role, content: typeof text === 'string' ? text : this.#parts });
    }
    this.#parts = [];
  }
}

function trimNewlines(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === '\n') start++;
  while (end > start && text[end - 1] === '\n') end--;
  return text.slice(start, end);
}
