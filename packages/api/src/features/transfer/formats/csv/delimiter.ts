import { AppError } from '../../../../errors.ts';
import { isUsable, placesOf } from './csv-header.ts';
import { CsvReader, type Delimiter, delimiters, type LineEnd, MAX_HEADER_LENGTH } from './csv-records.ts';

/** The line by which a spreadsheet says what divides the cells that follow. */
const DECLARED = /^sep=([,;\t])(?:\r?\n|\r)/i;

export interface Divided {
  readonly delimiter: Delimiter;
  readonly lineEnd: LineEnd;
  /** All of the text, without a line that only names the delimiter. */
  readonly text: AsyncIterable<string>;
}

/** Finds out what divides the cells and the lines of a CSV text, from as much of it as a header may have. */
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
  const found = divisionsOf(start, isWhole, declared?.[1] as Delimiter | undefined);
  return { ...found, text: rest(start, source) };
}

/** Whether a header ends in it by every delimiter: what follows may take long to arrive. */
const hasHeader = (head: string): boolean =>
  (Object.keys(delimiters) as Delimiter[]).every(
    (delimiter) => firstRecord(head, { delimiter, lineEnd: 'LF' }, false).length > 0,
  );

async function* rest(head: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield head;
    for (let step = await source.next(); step.done !== true; step = await source.next()) yield step.value;
  } finally {
    await source.return?.();
  }
}

type Divisions = Pick<Divided, 'delimiter' | 'lineEnd'>;

/**
 * By what a header names the most that is known here, else makes the most cells. A carriage return ends lines only where
 * the header can be used by nothing else.
 */
function divisionsOf(head: string, isWhole: boolean, declared: Delimiter | undefined): Divisions {
  const among = declared === undefined ? (Object.keys(delimiters) as Delimiter[]) : [declared];
  const found = (['LF', 'CR'] as const).flatMap((lineEnd) =>
    among.map((delimiter) => {
      const headings = firstRecord(head, { delimiter, lineEnd }, isWhole);
      const { places } = placesOf(headings);
      const isUseful = isUsable(places) ? 1 : 0;
      return { delimiter, lineEnd, rank: [isUseful, lineEnd === 'LF' ? 1 : 0, places.size, headings.length] };
    }),
  );
  const [best] = found.toSorted((one, other) => compare(other.rank, one.rank));
  return { delimiter: best?.delimiter ?? ',', lineEnd: best?.lineEnd ?? 'LF' };
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function firstRecord(head: string, { delimiter, lineEnd }: Divisions, isWhole: boolean): readonly string[] {
  const reader = new CsvReader(delimiter, lineEnd);
  try {
    for (const record of reader.read(head)) return record;
    if (isWhole) for (const record of reader.end()) return record;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return [];
}
