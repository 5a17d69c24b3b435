// Files that hold nothing, at the greatest length that an import has, each of another shape.

const CSV = 'text/csv';
const LINES = 'application/x-ndjson';
const MEBIBYTE = 1_048_576;
/** Of one record or line that may still be read. */
const LONGEST = 4 * MEBIBYTE - 64;
export const FILE_BYTES = 16 * MEBIBYTE;

export interface FileShape {
  readonly what: string;
  readonly type: typeof CSV | typeof LINES;
  readonly start: string;
  /** What is sent again and again, after `start`. */
  readonly unit: string;
  /** Ends each record; none where the file is one record. */
  readonly record?: { readonly open: string; readonly close: string };
}

const json = (open: string, close: string) => ({ open, close: `${close}\n` });

export const fileShapes: readonly FileShape[] = [
  { what: 'sixteen million commas', type: CSV, start: '', unit: ',' },
  { what: 'a row of commas', type: CSV, start: 'title,content\n', unit: ',' },
  { what: 'a row of quoted cells', type: CSV, start: 'title,content\n', unit: '"",' },
  { what: 'a header without an end', type: CSV, start: '', unit: 'column ' },
  { what: 'a line without an end', type: CSV, start: 'title,content\n', unit: 'a' },
  { what: 'a quote that is never closed', type: CSV, start: 'title,content\n"', unit: 'a\n' },
  { what: 'a quoted cell of doubled quotes', type: CSV, start: 'title,content\n"', unit: '""' },
  { what: 'blank lines', type: CSV, start: 'title,content\n', unit: '\n' },
  { what: 'lines that end in CR alone', type: CSV, start: 'title,content\r', unit: 'a,b\r' },
  { what: 'a mark of UTF-16', type: CSV, start: '\u{feff}\0', unit: 'a\0,\0' },
  { what: 'rows of one cell', type: CSV, start: 'title,content\n', unit: 'a\n' },
  {
    what: 'config of many keys',
    type: CSV,
    start: 'title,content,config\n',
    unit: '""a1"":1,',
    record: json('a,b,"{', '""a"":1}"'),
  },
  {
    what: 'config of many brackets',
    type: CSV,
    start: 'title,content,config\n',
    unit: '[],',
    record: json('a,b,"{""a"":[', '1]}"'),
  },
  { what: 'tags by the million', type: CSV, start: 'title,content,tags\n', unit: 'a,', record: json('a,b,"', '"') },
  { what: 'a line without an end', type: LINES, start: '', unit: 'a' },
  { what: 'blank lines', type: LINES, start: '', unit: '\n' },
  { what: 'deep objects', type: LINES, start: '', unit: '{"a":', record: json('', '') },
  { what: 'deep lists', type: LINES, start: '', unit: '[', record: json('{"title":"a","config":', '') },
  { what: 'many brackets', type: LINES, start: '', unit: '{},', record: json('{"title":[', '1]}') },
  { what: 'many keys', type: LINES, start: '', unit: '"a1":1,', record: json('{', '"a":1}') },
];

/** The file in pieces of 64 KiB, made as they are sent. */
export function* piecesOf({ start, unit, record }: FileShape): Generator<Buffer> {
  const piece = Buffer.from(unit.repeat(Math.ceil(65_536 / unit.length)));
  yield Buffer.from(start);
  for (let sent = start.length; sent < FILE_BYTES; ) {
    if (record !== undefined) yield Buffer.from(record.open);
    const end = record === undefined ? FILE_BYTES : Math.min(FILE_BYTES, sent + LONGEST);
    for (; sent < end; sent += piece.length) yield piece;
    if (record !== undefined) yield Buffer.from(record.close);
  }
}
