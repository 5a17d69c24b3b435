import { othersTurn } from '@promptory/db';
import { cutTo, type ImportedFile, type ImportPromptsInput, ImportRow, MAX_IMPORT_ROWS } from '@promptory/schemas';
import { AppError } from '../../../errors.ts';
import { JsonFault, parseBoundedJson } from '../formats/bounded-json.ts';
import { type CsvHeader, csvHeader } from '../formats/csv/csv-header.ts';
import { csvRecords, delimiters } from '../formats/csv/csv-records.ts';
import { divided } from '../formats/csv/delimiter.ts';
import { ofFormat, refuseWrapped, refuseWrappedLine } from '../formats/format-given.ts';
import { type JsonItem, jsonItems } from '../formats/json-items.ts';
import { jsonRow } from '../formats/json-row.ts';
import { CellFault, fieldsOf, fileNameOf, type RowValues } from '../formats/row-fields.ts';
import { LeftOut } from '../formats/source/left-out.ts';
import { sourceText } from '../formats/source/source-text.ts';
import { type ImportedPrompt, importedPrompt } from './imported-prompt.ts';

/** Rows that are read before others have their turn. */
const ROWS_A_TURN = 100;

/** A row of an import: a prompt, or why it is none. */
export type SourceRow = {
  /** From 1, headings and blank rows aside. */
  readonly row: number;
  readonly title: string;
  /** What is to be said of it besides. */
  readonly note: string | null;
  /** Characters that it takes in the file, about. */
  readonly length: number;
} & ({ readonly prompt: ImportedPrompt } | { readonly prompt: null; readonly fault: string });

/** What a file turns out to be while it is read. */
export interface SourceFile extends Omit<ImportedFile, 'leftOut'> {
  readonly leftOut: LeftOut;
}

export const newSourceFile = (): SourceFile & { -readonly [K in keyof SourceFile]: SourceFile[K] } => ({
  format: 'csv',
  encoding: 'utf-8',
  delimiter: null,
  leftOut: new LeftOut(),
});

/** How much of a file has been read. */
export interface ReadSoFar {
  bytes: number;
}

/** The same body, counted as it is read. */
export function counted(body: ImportPromptsInput['source']['body'], read: ReadSoFar): typeof body {
  if (typeof body !== 'string') return countedBytes(body, read);
  read.bytes = Buffer.byteLength(body);
  return body;
}

async function* countedBytes(body: AsyncIterable<Uint8Array>, read: ReadSoFar): AsyncGenerator<Uint8Array> {
  for await (const bytes of body) {
    read.bytes += bytes.byteLength;
    yield bytes;
  }
}

/**
 * The rows of an import as they arrive. Says in `file` what the file is.
 * @throws AppError import.unreadable where the file cannot be read on, request.too_large past MAX_IMPORT_ROWS.
 */
export async function* sourceRows(
  { type, body }: ImportPromptsInput['source'],
  file: ReturnType<typeof newSourceFile> = newSourceFile(),
): AsyncGenerator<SourceRow> {
  file.format = type === 'text/csv' || type === 'text/vnd.promptory.spreadsheet-csv' ? 'csv' : 'json';
  const text = await ofFormat(file.format, sourceText(body, file));
  let [read, row] = [0, 0];
  for await (const source of file.format === 'csv' ? csvRows(text, file) : jsonRows(text, file)) {
    read += 1;
    if (read > MAX_IMPORT_ROWS) {
      throw new AppError('request.too_large', { message: `An import has at most ${MAX_IMPORT_ROWS} rows.` });
    }
    // Bad rows may come by the thousand before anything else waits.
    if (read % ROWS_A_TURN === 0) await othersTurn();
    if (source === null) continue;
    row += 1;
    yield sourceRow(row, source);
  }
}

interface RowSource {
  readonly values: RowValues | CellFault;
  readonly note: string | null;
  readonly length: number;
}

function sourceRow(row: number, { values, note, length }: RowSource): SourceRow {
  if (values instanceof CellFault) return { row, title: '', note, length, prompt: null, fault: values.message };
  const about = { row, title: titleOf(values), note, length };
  try {
    const prompt = importedPrompt(fieldsOf(values), (field) => fileNameOf(values, field));
    return 'fault' in prompt ? { ...about, prompt: null, fault: prompt.fault } : { ...about, prompt };
  } catch (error) {
    if (!(error instanceof CellFault)) throw error;
    const { column, message } = error;
    return { ...about, prompt: null, fault: column === null ? message : `${values.nameOf(column)}: ${message}` };
  }
}

async function* csvRows(
  text: AsyncIterable<string>,
  file: ReturnType<typeof newSourceFile>,
): AsyncGenerator<RowSource> {
  const { delimiter, lineEnd, text: cells } = await divided(text);
  file.delimiter = delimiters[delimiter];
  let header: CsvHeader | undefined;
  let note: string | null = null;
  for await (const record of csvRecords(cells, delimiter, lineEnd)) {
    if (header === undefined) {
      header = csvHeader(record);
      note = file.leftOut.add('Columns', header.unknown);
      continue;
    }
    const length = record.reduce((sum, cell) => sum + cell.length, 0);
    yield { values: orFault(() => (header as CsvHeader).read(record)), note, length };
    note = null;
  }
  if (header === undefined) throw new AppError('import.unreadable', { message: 'The file has no header.' });
}

/** Null for an object that says nothing. */
async function* jsonRows(
  text: AsyncIterable<string>,
  file: ReturnType<typeof newSourceFile>,
): AsyncGenerator<RowSource | null> {
  let isFirst = true;
  for await (const item of jsonItems(text)) {
    const { length } = item.text;
    const parsed = orFault(() => {
      const value = parsedItem(item);
      if (isFirst) refuseWrapped(value);
      return jsonRow(value, item.what);
    });
    if (isFirst && parsed instanceof CellFault) refuseWrappedLine(item.text);
    isFirst = false;
    if (parsed instanceof CellFault) yield { values: parsed, note: null, length };
    else if (parsed.isBlank) yield null;
    else yield { values: parsed.values, note: file.leftOut.add('Keys', parsed.unknown), length };
  }
}

function parsedItem({ what, text }: JsonItem): unknown {
  if (text === '') throw new CellFault(`The ${what} is empty`);
  try {
    return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof JsonFault) throw new CellFault(`The ${what} is ${error.message}`);
    throw error;
  }
}

function orFault<T>(read: () => T): T | CellFault {
  try {
    return read();
  } catch (error) {
    if (error instanceof CellFault) return error;
    throw error;
  }
}

function titleOf(values: RowValues): string {
  const title = values.value('title');
  return typeof title === 'string' ? cutTo(ImportRow.shape.title, title.trim()) : '';
}
