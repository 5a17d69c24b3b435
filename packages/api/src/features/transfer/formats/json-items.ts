// JSON as people have it: an object on each line, as exports are; an array of objects; or objects one after the other, as
// they are when they are printed to be read. Each is handed out as its text, so that no more than one is held, one that
// is broken fails alone, and its shape is counted before JSON.parse makes anything of it.
import { AppError } from '../../../errors.ts';
import { jsonLines, MAX_LINE_LENGTH } from './json-lines.ts';

/** The text of one object, and what it is in its file. */
export interface JsonItem {
  readonly what: 'line' | 'item';
  readonly text: string;
}

const unreadable = (why: string): AppError =>
  new AppError('import.unreadable', { message: `The JSON cannot be read on: ${why}.` });

/**
 * The items of a JSON text, as they become complete.
 * @throws AppError import.unreadable, after all the items before the fault were given.
 */
export async function* jsonItems(text: AsyncIterable<string>): AsyncGenerator<JsonItem> {
  const source = text[Symbol.asyncIterator]();
  let first = '';
  while (first === '') {
    const step = await source.next();
    if (step.done === true) return;
    first = step.value.trimStart();
  }
  const all = { [Symbol.asyncIterator]: () => withFirst(first, source) };
  if (!first.startsWith('[') && !/^\{[ \t\r]*\n/.test(first)) {
    for await (const line of jsonLines(all)) yield { what: 'line', text: line };
    return;
  }
  const reader = new ItemReader(first.startsWith('['));
  for await (const piece of all) {
    for (const item of reader.read(piece)) yield { what: 'item', text: item };
  }
  reader.end();
}

async function* withFirst(first: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield first;
    for (let step = await source.next(); step.done !== true; step = await source.next()) yield step.value;
  } finally {
    await source.return?.();
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const END_OF_ARRAY = 0x5d;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === END_OF_ARRAY || code === 0x7d;

/** Parts a text at its outermost brackets, and looks at nothing but brackets, commas and quotes. */
class ItemReader {
  readonly #isArray: boolean;
  /** Brackets that are open; an item begins and ends at `#base`. */
  #depth = 0;
  #inString = false;
  /** Whether the last piece ended behind a backslash that escapes what comes next. */
  #isEscaped = false;
  #isEnded = false;
  /** What the pieces before held of the item that is open, and how many characters they are. */
  #open: string[] = [];
  #length = 0;
  /** Items that were given. */
  #given = 0;

  constructor(isArray: boolean) {
    this.#isArray = isArray;
  }

  *read(piece: string): Generator<string> {
    let at = 0;
    /** Where the open item goes on in this piece; -1 between items. */
    let start = this.#open.length > 0 ? 0 : -1;
    if (this.#isArray && this.#depth === 0 && !this.#isEnded) {
      this.#depth = 1;
      at = 1;
    }
    const base = this.#isArray ? 1 : 0;
    for (; at < piece.length; at += 1) {
      if (this.#inString) {
        at = this.#endOfString(piece, at);
        continue;
      }
      const code = piece.charCodeAt(at);
      if (start === -1) {
        if (isSpace(code)) continue;
        if (this.#isEnded) throw unreadable('something follows the end of the array');
        if (!this.#isArray && !isOpening(code)) throw unreadable(`what follows item ${this.#given} is no object`);
        start = at;
      }
      if (code === QUOTE) this.#inString = true;
      else if (isOpening(code)) this.#depth += 1;
      else if (isClosing(code)) {
        this.#depth -= 1;
        if (this.#depth === base && !this.#isArray) {
          yield this.#close(piece.slice(start, at + 1));
          start = -1;
        } else if (this.#depth < base) {
          if (code !== END_OF_ARRAY) throw unreadable('a bracket closes what it did not open');
          yield* this.#endArray(piece.slice(start, at));
          start = -1;
        }
      } else if (code === COMMA && this.#isArray && this.#depth === base) {
        yield this.#close(piece.slice(start, at));
        start = -1;
      }
    }
    if (start === -1) return;
    this.#open.push(piece.slice(start));
    this.#length += piece.length - start;
    if (this.#length <= MAX_LINE_LENGTH) return;
    // Most likely it is no prompt, but what prompts stand in.
    throw unreadable(`item ${this.#given + 1} is too long; an array of prompts, or one on each line, is expected`);
  }

  /** @throws AppError import.unreadable where something is still open. */
  end(): void {
    if (this.#isArray ? !this.#isEnded : this.#open.length > 0) {
      throw unreadable(`it ends within ${this.#open.length > 0 ? `item ${this.#given + 1}` : 'the array'}`);
    }
  }

  #close(last: string): string {
    this.#open.push(last);
    const text = this.#open.join('').trim();
    this.#open = [];
    this.#length = 0;
    this.#given += 1;
    return text;
  }

  *#endArray(last: string): Generator<string> {
    this.#isEnded = true;
    const given = this.#given;
    const text = this.#close(last);
    // Of an empty array; behind a comma something is missing.
    if (text !== '' || given > 0) yield text;
  }

  /** Where the string ends that goes on at `from`; the last place of the piece where it goes on in the next. */
  #endOfString(piece: string, from: number): number {
    let start = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      start += 1;
    }
    for (let end = piece.indexOf('"', start); end !== -1; end = piece.indexOf('"', end + 1)) {
      if (backslashesBefore(piece, end, start) % 2 === 0) {
        this.#inString = false;
        return end;
      }
    }
    this.#isEscaped = backslashesBefore(piece, piece.length, start) % 2 === 1;
    return piece.length;
  }
}

function backslashesBefore(piece: string, end: number, start: number): number {
  let at = end;
  while (at > start && piece.charCodeAt(at - 1) === BACKSLASH) at -= 1;
  return end - at;
}
