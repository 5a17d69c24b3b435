import { parse } from 'csv-parse';
import { AppError } from '../../../errors.ts';

/** Bytes of one record: more than a prompt with every field at its limit takes. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

const faults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quote within a quoted cell is not doubled',
  INVALID_OPENING_QUOTE: 'a cell that does not start with a quote holds one',
  CSV_MAX_RECORD_SIZE: 'a row is too large',
};

function unreadable(error: Error): AppError {
  const code = 'code' in error ? String(error.code) : '';
  return new AppError('import.unreadable', {
    message: `The CSV cannot be read on: ${faults[code] ?? 'it is not as RFC 4180 wants it'}.`,
    cause: error,
  });
}

/**
 * The records of a CSV text (RFC 4180; lines may also end in LF) as they become complete, blank lines left out.
 * @throws AppError import.unreadable, after all the records before the fault were given.
 */
export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<string[]> {
  const complete: string[][] = [];
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
    // Set aside instead of streamed: a stream drops what it still holds when a fault destroys it.
    on_record: (record: string[]) => {
      complete.push(record);
      return null;
    },
  });
  // Without a listener a fault, which the callbacks below answer already, would end the process.
  parser.on('error', () => undefined);
  const take = (piece: string): Promise<Error | null> =>
    new Promise((resolve) => parser.write(piece, (error) => resolve(error ?? null)));
  const finish = (): Promise<Error | null> =>
    new Promise((resolve) => parser.end((error?: Error | null) => resolve(error ?? null)));
  try {
    for await (const piece of text) {
      if (piece === '') continue;
      const fault = await take(piece);
      yield* complete.splice(0);
      if (fault !== null) throw unreadable(fault);
    }
    const fault = await finish();
    yield* complete.splice(0);
    if (fault !== null) throw unreadable(fault);
  } finally {
    parser.destroy();
  }
}
