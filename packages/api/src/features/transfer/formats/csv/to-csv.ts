import type { PortablePrompt } from '@promptory/schemas';
import { stringify } from 'csv-stringify/sync';
import { exportColumns, GUARD, GUARDED_HEADING } from '../row-fields.ts';

/** The media type of `toSpreadsheetCsv`. */
export const SPREADSHEET_CSV = 'text/vnd.promptory.spreadsheet-csv';

/** What a spreadsheet may take for a formula: its signs, full-width ones too, behind spaces too (OWASP, CSV injection). */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])/u;

/** A cell holds text as it stands, and JSON where it is no text. */
function cellOf(value: PortablePrompt[keyof PortablePrompt]): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const line = (cells: readonly string[]): string =>
  // Quoted wherever a reader might trim or split: RFC 4180 leaves spaces and a lone CR to the reader.
  stringify([[...cells]], { record_delimiter: '\r\n', quoted_match: /^\s|\s$|[\r\n]/ });

/**
 * An export as CSV (RFC 4180) whose import gives the same prompts: each cell as it stands, also where a spreadsheet would
 * take it for a formula. `prompts` are PortablePrompts.
 */
export async function* toCsv(prompts: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield line(exportColumns);
  for await (const prompt of prompts) {
    const portable = prompt as PortablePrompt;
    yield line(exportColumns.map((column) => cellOf(portable[column])));
  }
}

/**
 * The same for a spreadsheet, which runs none of it: a cell that looks like a formula begins with an apostrophe, and the
 * last column names those cells, by which an import takes the apostrophes off again.
 */
export async function* toSpreadsheetCsv(prompts: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield line([...exportColumns, GUARDED_HEADING]);
  for await (const prompt of prompts) {
    const portable = prompt as PortablePrompt;
    const cells = exportColumns.map((column) => ({ column, text: cellOf(portable[column]) }));
    const guarded = cells.filter(({ text }) => FORMULA.test(text)).map(({ column }) => column);
    yield line([
      ...cells.map(({ column, text }) => (guarded.includes(column) ? GUARD + text : text)),
      guarded.join(' '),
    ]);
  }
}
