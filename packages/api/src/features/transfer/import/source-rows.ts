import { type ImportPromptsInput, MAX_IMPORT_ROWS } from '@promptory/schemas';
import { AppError } from '../../../errors.ts';
import { JsonFault, parseBoundedJson } from '../formats/bounded-json.ts';
import { CellFault, type CsvHeader, csvHeader } from '../formats/csv-columns.ts';
import { csvRecords } from '../formats/csv-records.ts';
import { jsonLines } from '../formats/json-lines.ts';
import { sourceText } from '../formats/source-text.ts';
import { type ImportedPrompt, importedPrompt } from './imported-prompt.ts';

/** Rows that are read before others have their turn. */
const ROWS_A_TURN = 100;

/** A row of an import: a prompt, or why it is none. */
export type SourceRow = {
  /** From 1, headings aside. */
  readonly row: number;
  readonly title: string;
  /** What is to be said of it besides. */
  readonly note: string | null;
  /** Characters that it takes in the file, about. */
  readonly length: number;
} & ({ readonly prompt: ImportedPrompt } | { readonly prompt: null; readonly fault: string });

/**
 * The rows of an import as they arrive.
 * @throws AppError import.unreadable where the file cannot be read on, request.too_large past MAX_IMPORT_ROWS.
 */
export async function* sourceRows({ type, body }: ImportPromptsInput['source']): AsyncGenerator<SourceRow> {
  const text = sourceText(body);
  let row = 0;
  for await (const { fields, note, length } of type === 'text/csv' ? csvFields(text) : jsonFields(text)) {
    row += 1;
    if (row > MAX_IMPORT_ROWS) {
      throw new AppError('request.too_large', { message: `An import has at most ${MAX_IMPORT_ROWS} rows.` });
    }
    const title = titleOf(fields);
    const prompt = fields instanceof CellFault ? { fault: fields.message } : importedPrompt(fields);
    const about = { row, title, note, length };
    yield 'fault' in prompt ? { ...about, prompt: null, fault: prompt.fault } : { ...about, prompt };
    // Bad rows may come by the thousand before anything else waits.
    if (row % ROWS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface SourceFields {
  readonly fields: unknown;
  readonly note: string | null;
  readonly length: number;
}

async function* csvFields(text: AsyncIterable<string>): AsyncGenerator<SourceFields> {
  let header: CsvHeader | undefined;
  let note: string | null = null;
  for await (const record of csvRecords(text)) {
    if (header === undefined) {
      header = csvHeader(record);
      const { unknown } = header;
      note = unknown.length === 0 ? null : `Columns not known and left out: ${unknown.join(', ').slice(0, 200)}`;
      continue;
    }
    const length = record.reduce((sum, cell) => sum + cell.length, 0);
    yield { fields: orFault(() => header?.read(record)), note, length };
    note = null;
  }
  if (header === undefined) throw new AppError('import.unreadable', { message: 'The file has no header.' });
}

async function* jsonFields(text: AsyncIterable<string>): AsyncGenerator<SourceFields> {
  for await (const line of jsonLines(text)) {
    yield { fields: orFault(() => parsedLine(line)), note: null, length: line.length };
  }
}

function parsedLine(line: string): unknown {
  try {
    return parseBoundedJson(line);
  } catch (error) {
    if (error instanceof JsonFault) throw new CellFault(`The line is ${error.message}`);
    throw error;
  }
}

function orFault(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof CellFault) return error;
    throw error;
  }
}

function titleOf(fields: unknown): string {
  const title = typeof fields === 'object' && fields !== null && 'title' in fields ? fields.title : '';
  return typeof title === 'string' ? title.trim().slice(0, 200).toWellFormed() : '';
}
