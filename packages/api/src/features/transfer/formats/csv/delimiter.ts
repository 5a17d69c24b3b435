import { AppError } from '../../../../errors.ts';
import { isUsable, placesOf } from './csv-header.ts';
import { CsvReader, type Delimiter, delimiters, MAX_HEADER_LENGTH } from './csv-records.ts';

/** The line by which a spreadsheet says what divides the cells that follow. */
const DECLARED = /^sep=([,;\t])\r?\n/i;

export interface Divided {
  readonly delimiter: Delimiter;
  /** All of the text, without a line that only names the delimiter. */
  readonly text: AsyncIterable<string>;
}

/** Finds out what divides the cells of a CSV text, from as much of it as a header may have. */
export async function divided(text: AsyncIterable<string>): Promise<Divided> {
  const source = text[Symbol.asyncIterator]();
  let head = '';
  let isWhole = false;
  while (head.length <= MAX_HEADER_LENGTH && !isWhole && !hasHeader(head)) {
    const step = await source.next();
    if (step.done === true) isWhole = true;
    // Blank lines before the header may be any number.
    else head = head === '' ? step.value.replace(/^[\r\n]+/, '') : head + step.value;
  }
  const declared = DECLARED.exec(head);
  const start = declared === null ? head : head.slice(declared[0].length);
  return {
    delimiter: (declared?.[1] as Delimiter | undefined) ?? delimiterOf(start, isWhole),
    text: rest(start, source),
  };
}

/** Whether a header ends in it by every delimiter: what follows may take long to arrive. */
const hasHeader = (head: string): boolean =>
  (Object.keys(delimiters) as Delimiter[]).every((delimiter) => firstRecord(head, delimiter, false).length > 0);

async function* rest(head: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield head;
    for (let step = await source.next(); step.done !== true; step = await source.next()) yield step.value;
  } finally {
    await source.return?.();
  }
}

/** The delimiter by which a header names the most that is known here; else the one that makes the most cells. */
function delimiterOf(head: string, isWhole: boolean): Delimiter {
  const found = (Object.keys(delimiters) as Delimiter[]).map((delimiter) => {
    const headings = firstRecord(head, delimiter, isWhole);
    const { places } = placesOf(headings);
    return { delimiter, rank: [isUsable(places) ? 1 : 0, places.size, headings.length] };
  });
  const [best] = found.toSorted((one, other) => compare(other.rank, one.rank));
  return best?.delimiter ?? ',';
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function firstRecord(head: string, delimiter: Delimiter, isWhole: boolean): readonly string[] {
  const reader = new CsvReader(delimiter);
  try {
    for (const record of reader.read(head)) return record;
    if (isWhole) for (const record of reader.end()) return record;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return [];
}
