import { exportColumns } from '../../src/features/transfer/formats/row-fields.ts';
import type { ImportOptions } from './transfers.ts';

/** A row of a file: by the names of an export, texts and values as JSON has them. What is left out is an empty cell. */
export type FileRow = Readonly<Partial<Record<(typeof exportColumns)[number], unknown>>>;

export interface ImportFile {
  readonly body: string;
  readonly type: NonNullable<ImportOptions['type']>;
}

const cellOf = (value: unknown): string => {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The same rows in each format that is read. */
export const importFiles: Readonly<
  Record<'CSV' | 'JSON lines' | 'a JSON array', (rows: readonly FileRow[]) => ImportFile>
> = {
  CSV: (rows) => {
    const columns = exportColumns.filter((column) => rows.some((row) => column in row));
    const lines = rows.map((row) => columns.map((column) => cellOf(row[column])).join(','));
    return { body: `${[columns.join(','), ...lines].join('\n')}\n`, type: 'text/csv' };
  },
  'JSON lines': (rows) => ({
    body: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    type: 'application/x-ndjson',
  }),
  'a JSON array': (rows) => ({ body: JSON.stringify(rows, null, 1), type: 'application/json' }),
};
