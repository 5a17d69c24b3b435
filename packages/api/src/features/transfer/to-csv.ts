import type { PortablePrompt } from '@promptory/schemas';
import { stringify } from 'csv-stringify/sync';
import { exportColumns } from './csv-columns.ts';

/** A cell holds text as it stands, also where a spreadsheet would take it for a formula, and JSON where it is no text. */
function cellOf(value: PortablePrompt[keyof PortablePrompt]): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const line = (cells: readonly string[]): string =>
  // Quoted wherever a reader might trim or split: RFC 4180 leaves spaces and a lone CR to the reader.
  stringify([[...cells]], { record_delimiter: '\r\n', quoted_match: /^\s|\s$|[\r\n]/ });

/** An export as CSV (RFC 4180) whose import gives the same prompts. `prompts` are PortablePrompts. */
export async function* toCsv(prompts: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield line(exportColumns);
  for await (const prompt of prompts) {
    const portable = prompt as PortablePrompt;
    yield line(exportColumns.map((column) => cellOf(portable[column])));
  }
}
