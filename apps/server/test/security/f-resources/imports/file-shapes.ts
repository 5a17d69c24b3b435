// Files that hold nothing, at the greatest length that an import has, each of another shape.

const CSV = 'text/csv';
const LINES = 'application/x-ndjson';
const ARRAY = 'application/json';
/** Any file: what is read whole, and not row by row. */
const ANY = 'text/plain';
const MEBIBYTE = 1_048_576;
/** Of one record or line that may still be read. */
const LONGEST = 4 * MEBIBYTE - 64;
export const FILE_BYTES = 16 * MEBIBYTE;
/** What is read whole is refused by its length alone, where it has all of them. */
const LARGEST_WHOLE = FILE_BYTES - 131_072;

export interface FileShape {
  readonly what: string;
  readonly type: typeof CSV | typeof LINES | typeof ARRAY | typeof ANY;
  /** UTF-8 unless given; a byte order mark is in `start`. */
  readonly encoding?: 'utf8' | 'utf16le';
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
  { what: 'rows of empty cells', type: CSV, start: 'title,content\n', unit: ',\n' },
  { what: 'blank rows before a header', type: CSV, start: '', unit: ';\n' },
  { what: 'unknown columns', type: CSV, start: 'title,content', unit: ',column' },
  { what: 'an array without an end', type: ARRAY, start: '[', unit: ' ' },
  { what: 'an item without an end', type: ARRAY, start: '["', unit: 'a' },
  { what: 'escaped quotes without an end', type: ARRAY, start: '["', unit: '\\"' },
  { what: 'backslashes', type: ARRAY, start: '["', unit: '\\' },
  { what: 'an array of commas', type: ARRAY, start: '[', unit: ',' },
  { what: 'an array of objects that say nothing', type: ARRAY, start: '[{}', unit: ',{}' },
  { what: 'arrays within arrays', type: ARRAY, start: '', unit: '[' },
  { what: 'an array of arrays', type: ARRAY, start: '[[]', unit: ',[]' },
  { what: 'objects printed to be read', type: ARRAY, start: '{\n}', unit: '{}' },
  { what: 'deep objects of an array', type: ARRAY, start: '[', unit: '{"a":', record: json('', '') },
  { what: 'many brackets of an array', type: ARRAY, start: '[', unit: '{},', record: json('{"title":[', '1]},') },
  {
    what: 'many unknown keys of an array',
    type: ARRAY,
    start: '[',
    unit: '{"title":"a","b1":1,"b2":1,"b3":1,"b4":1,"b5":1},',
  },
  { what: 'commas of UTF-16', type: CSV, encoding: 'utf16le', start: '\u{feff}title,content\n', unit: ',' },
  { what: 'rows of one cell of UTF-16', type: CSV, encoding: 'utf16le', start: '\u{feff}title;content\n', unit: 'a\n' },
  { what: 'quotes of UTF-16', type: CSV, encoding: 'utf16le', start: '\u{feff}title\tcontent\n"', unit: '""' },
  { what: 'half pairs of UTF-16', type: CSV, encoding: 'utf16le', start: '\u{feff}title,content\na,"', unit: '\ud83d' },
  { what: 'an array of UTF-16', type: ARRAY, encoding: 'utf16le', start: '\u{feff}[{}', unit: ',{}' },
  { what: 'a bundle of brackets', type: ANY, start: '{"format":"promptory-bundle","prompts":[{}', unit: ',{}' },
  { what: 'a bundle of one long text', type: ANY, start: '{"format":"promptory-bundle","version":"', unit: 'a' },
  { what: 'a bundle of escaped quotes', type: ANY, start: '{"format":"promptory-bundle","version":"', unit: '\\"' },
  { what: 'a file of LangSmith of brackets', type: ANY, start: '{"lc":1,"type":"constructor","kwargs":[', unit: '[],' },
  { what: 'front matter of many keys', type: ANY, start: '---\nmodel: m\n', unit: 'a: 1\n' },
  { what: 'front matter without an end', type: ANY, start: '---\nmodel: ', unit: 'a' },
  { what: 'a template of braces', type: ANY, start: '---\nmodel: m\n---\n', unit: '{{' },
  { what: 'files of nothing', type: ANY, start: '', unit: '{"type":"file","name":"a.prompt","content":""}\n' },
  { what: 'a list of what no format has', type: ANY, start: '- a\n', unit: '- a\n' },
  { what: 'brackets of UTF-16', type: ARRAY, encoding: 'utf16le', start: '\u{feff}', unit: '[' },
];

/** The file in pieces of 64 KiB, made as they are sent. */
export function* piecesOf({ type, start, unit, record, encoding = 'utf8' }: FileShape): Generator<Buffer> {
  const bytes = type === ANY ? LARGEST_WHOLE : FILE_BYTES;
  const piece = Buffer.from(unit.repeat(Math.ceil(65_536 / unit.length)), encoding);
  yield Buffer.from(start, encoding);
  for (let sent = start.length; sent < bytes; ) {
    if (record !== undefined) yield Buffer.from(record.open, encoding);
    const end = record === undefined ? bytes : Math.min(bytes, sent + LONGEST);
    for (; sent < end; sent += piece.length) yield piece;
    if (record !== undefined) yield Buffer.from(record.close, encoding);
  }
}
