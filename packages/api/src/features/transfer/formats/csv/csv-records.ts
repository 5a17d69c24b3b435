// A reader of our own, because what one record may hold is bounded while it is read: of sixteen million commas a parser
// that hands out whole records would first make as many cells.
import { AppError } from '../../../../errors.ts';

/** What may stand between cells; of a header that several would divide alike, the first. */
export const delimiters = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const;
export type Delimiter = keyof typeof delimiters;

/** What ends lines: LF or CRLF, where a carriage return alone is text; or that, as in files of old Macintoshes. */
export type LineEnd = 'LF' | 'CR';

/** Cells of one record, the header's included. */
const MAX_COLUMNS = 256;
/** Characters of the header. */
export const MAX_HEADER_LENGTH = 65_536;
/** Characters of one record, quotes and delimiters included: more than a prompt with every field at its limit takes. */
const MAX_RECORD_LENGTH = 4 * 1024 * 1024;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * The records of a CSV text (RFC 4180, with any delimiter; lines may also end in LF or CR) as they become complete. Lines
 * that are blank, and those whose every cell is, are left out.
 * @throws AppError import.unreadable, after all the records before the fault were given.
 */
export async function* csvRecords(
  text: AsyncIterable<string>,
  delimiter: Delimiter,
  lineEnd: LineEnd = 'LF',
): AsyncGenerator<string[]> {
  const reader = new CsvReader(delimiter, lineEnd);
  for await (const piece of text) yield* reader.read(piece);
  yield* reader.end();
}

const isBlank = (record: readonly string[]): boolean => record.every((cell) => cell.trim() === '');

/** Where a reader stands: before a cell, in one, in a quoted one, or behind the quote that may have closed it. */
type Place = 'start' | 'plain' | 'quoted' | 'behind quote';

export class CsvReader {
  readonly #delimiter: number;
  /** Whether a carriage return alone ends a line. */
  readonly #endsAtCr: boolean;
  /** Records that were given. */
  #given = 0;
  #place: Place = 'start';
  #record: string[] = [];
  /** Of the cell that is open, what the pieces before held. */
  #open = '';
  /** Characters of the record that is open. */
  #length = 0;
  /** A carriage return at the end of the last piece, of which the next one says whether it ends a line. */
  #held = '';

  constructor(delimiter: Delimiter, lineEnd: LineEnd) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#endsAtCr = lineEnd === 'CR';
  }

  /** Takes the next piece of the text, of any length. */
  *read(piece: string): Generator<string[]> {
    let text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    if (this.#held !== '') text = text.slice(0, -1);
    for (let at = 0; at < text.length; ) {
      if (this.#length === 0 && this.#endsLine(text, at)) {
        at = behindLineEnd(text, at);
        continue;
      }
      const end = this.#place === 'quoted' ? this.#quoted(text, at) : this.#unquoted(text, at);
      this.#count(end - at);
      at = end;
      if (this.#place === 'start' && this.#endsLine(text, at - 1)) yield* this.#closeRecord();
    }
  }

  /** Takes the end of the text. */
  *end(): Generator<string[]> {
    if (!this.#endsAtCr) {
      if (this.#held !== '' && this.#place === 'behind quote') throw this.#closingFault();
      this.#open += this.#held;
    }
    if (this.#place === 'quoted') throw this.#unreadable('a quote is not closed');
    if (this.#place !== 'start' || this.#record.length > 0 || this.#open !== '') {
      this.#closeCell();
      yield* this.#closeRecord();
    }
  }

  /** Reads within quotes up to the quote that may close them; answers where it stands then. */
  #quoted(text: string, from: number): number {
    let end = text.indexOf('"', from);
    // Doubled quotes are undone for all of the piece at once: cell by quote would be as many strings.
    while (end !== -1 && text.charCodeAt(end + 1) === QUOTE) end = text.indexOf('"', end + 2);
    const inner = text.slice(from, end === -1 ? text.length : end);
    // replaceAll() makes a string for each match: ten times the time, and twenty times the memory.
    this.#open += inner.includes('"') ? inner.split('""').join('"') : inner;
    if (end === -1) return text.length;
    this.#place = 'behind quote';
    return end + 1;
  }

  /** Reads outside of quotes up to the end of the cell; answers where it stands then. */
  #unquoted(text: string, from: number): number {
    const first = text.charCodeAt(from);
    if (this.#place === 'behind quote') {
      // The quote stood at the end of a piece, and this one doubles it.
      if (first === QUOTE) {
        this.#open += '"';
        this.#place = 'quoted';
        return from + 1;
      }
      if (first === this.#delimiter || this.#endsLine(text, from)) return this.#closeCellAt(text, from);
      throw this.#closingFault();
    }
    if (this.#place === 'start' && first === QUOTE) {
      this.#place = 'quoted';
      return from + 1;
    }
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) throw this.#unreadable('a cell that does not start with a quote holds one');
      if (code !== this.#delimiter && !this.#endsLine(text, at)) continue;
      this.#open += text.slice(from, at);
      return this.#closeCellAt(text, at);
    }
    this.#open += text.slice(from);
    this.#place = 'plain';
    return text.length;
  }

  /** Closes the cell that ends before `at`; answers where the next one begins. */
  #closeCellAt(text: string, at: number): number {
    const code = text.charCodeAt(at);
    // A line without anything is no record.
    const isBlank =
      this.#place === 'start' && this.#open === '' && this.#record.length === 0 && code !== this.#delimiter;
    if (!isBlank) this.#closeCell();
    this.#place = 'start';
    return code === this.#delimiter ? at + 1 : behindLineEnd(text, at);
  }

  #closeCell(): void {
    if (this.#record.length === MAX_COLUMNS) throw this.#unreadable(`a row has more than ${MAX_COLUMNS} cells`);
    this.#record.push(this.#open);
    this.#open = '';
    this.#place = 'start';
  }

  *#closeRecord(): Generator<string[]> {
    const record = this.#record;
    this.#record = [];
    this.#length = 0;
    if (isBlank(record)) return;
    this.#given += 1;
    yield record;
  }

  #count(characters: number): void {
    this.#length += characters;
    if (this.#given === 0 && this.#length > MAX_HEADER_LENGTH) {
      throw this.#unreadable(`the header has more than ${MAX_HEADER_LENGTH} characters`);
    }
    if (this.#length > MAX_RECORD_LENGTH) {
      throw this.#unreadable(`a row is too large: it has more than ${MAX_RECORD_LENGTH} characters`);
    }
  }

  #endsLine(text: string, at: number): boolean {
    const code = text.charCodeAt(at);
    return code === LF || (code === CR && (this.#endsAtCr || text.charCodeAt(at + 1) === LF));
  }

  #closingFault(): AppError {
    return this.#unreadable('a quote within a quoted cell is not doubled');
  }

  #unreadable(why: string): AppError {
    const where = this.#given === 0 ? 'its header' : `row ${this.#given}`;
    return new AppError('import.unreadable', { message: `The CSV cannot be read on in ${where}: ${why}.` });
  }
}

/** What follows the line end at `at`: one character, or two of CRLF. */
const behindLineEnd = (text: string, at: number): number =>
  text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
