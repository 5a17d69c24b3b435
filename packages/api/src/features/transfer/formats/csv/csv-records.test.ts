import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, collect, errorOf } from '../../../../../test/index.ts';
import { csvRecords, type Delimiter, type LineEnd } from './csv-records.ts';

const MAX_COLUMNS = 256;
const MAX_HEADER_LENGTH = 65_536;
const MAX_RECORD_LENGTH = 4 * 1024 * 1024;

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

const records = (text: string, size = 65_536, delimiter: Delimiter = ',', lineEnd: LineEnd = 'LF') =>
  collect(csvRecords(inPieces(text, size), delimiter, lineEnd));

/** As a library reads it that knows RFC 4180 too; null where it refuses. */
function reference(text: string, delimiter: Delimiter, lineEnd: LineEnd): string[][] | null {
  try {
    return parse(text, {
      delimiter,
      record_delimiter: lineEnd === 'LF' ? ['\r\n', '\n'] : ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
    }).filter((record) => record.some((cell) => cell.trim() !== ''));
  } catch {
    return null;
  }
}

describe('reading CSV', () => {
  it('agrees with csv-parse on every text, however it is cut', async () => {
    const delimiters = fc.constantFrom<Delimiter>(',', ';', '\t');
    const lineEnds = fc.constantFrom<LineEnd>('LF', 'CR');
    const signs = fc.constantFrom(
      '"',
      '""',
      ',',
      ';',
      '\t',
      '\n',
      '\r',
      '\r\n',
      'a',
      ' ',
      '雪',
      '😀',
      '"a',
      'b"',
      '",',
      '"\n',
    );
    const texts = fc.array(signs, { maxLength: 14 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), delimiters, lineEnds, async (text, size, by, lineEnd) => {
        const expected = reference(text, by, lineEnd);
        const read = records(text, size, by, lineEnd);
        if (expected === null) expect(await codeOf(read)).toBe('import.unreadable');
        else expect(await read).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['an empty text', '', []],
    [
      'a text without a last line end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a last cell that is empty', 'a,', [['a', '']]],
    ['blank lines', '\n\r\na\n\n\nb\r\n', [['a'], ['b']]],
    [
      'rows of empty cells',
      ',,\na,b\n,\n ,\t\n""\nc,',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['a carriage return as text', 'a\rb,c\r', [['a\rb', 'c\r']]],
    ['line ends and commas within quotes', '"a\r\n,b",c', [['a\r\n,b', 'c']]],
    ['doubled quotes', '"""a""","""",""""""', [['"a"', '"', '""']]],
  ])('reads %s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 100]) expect(await records(text, size)).toEqual(expected);
  });

  it('takes as many cells and as long a header as it may, and refuses one more', async () => {
    const most = `a${','.repeat(MAX_COLUMNS - 1)}`;
    expect((await records(most))[0]).toHaveLength(MAX_COLUMNS);
    expect((await errorOf(records(`a\n${most},`))).message).toContain('more than 256 cells');
    const header = 'a'.repeat(MAX_HEADER_LENGTH - 1);
    expect(await records(`${header}\n`, 1_000)).toEqual([[header]]);
    expect((await errorOf(records(`${header}aa`))).message).toContain('the header');
    const cell = 'a'.repeat(MAX_RECORD_LENGTH - 1);
    expect(await records(`a\n${cell}\n`)).toEqual([['a'], [cell]]);
    expect((await errorOf(records(`a\n${cell}aa`))).message).toContain('a row is too large');
    expect((await errorOf(records(`a\n"${'""'.repeat(MAX_RECORD_LENGTH / 2)}`))).message).toContain(
      'a row is too large',
    );
  });
});
