import type { ImportPromptsInput, PortablePrompt } from '@promptory/schemas';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords } from '../src/features/transfer/formats/csv/csv-records.ts';
import { toCsv, toSpreadsheetCsv } from '../src/features/transfer/formats/csv/to-csv.ts';
import { newSourceFile, sourceRows } from '../src/features/transfer/import/source-rows.ts';
import { portable } from './fixtures/portable-prompts.ts';
import { collect } from './harness/collect.ts';

type Type = ImportPromptsInput['source']['type'];

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function* bytesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => (await collect(pieces)).join('');

/** CSV as a program writes it that divides cells otherwise. */
const divided = async (csv: string, delimiter: string): Promise<string> =>
  stringify(await collect(csvRecords(each([csv]), ',')), { delimiter, quoted: true });

interface Format {
  readonly name: string;
  readonly type: Type;
  readonly file: { readonly format: 'csv' | 'json'; readonly delimiter: 'comma' | 'semicolon' | 'tab' | null };
  write(prompts: readonly PortablePrompt[]): string | Promise<string>;
}

const csv = { format: 'csv', delimiter: 'comma' } as const;
const json = { format: 'json', delimiter: null } as const;

/** Each way in which an export may be kept. */
const formats: readonly Format[] = [
  { name: 'CSV', type: 'text/csv', file: csv, write: (prompts) => textOf(toCsv(each(prompts))) },
  {
    name: 'CSV for a spreadsheet',
    type: 'text/vnd.promptory.spreadsheet-csv',
    file: csv,
    write: (prompts) => textOf(toSpreadsheetCsv(each(prompts))),
  },
  {
    name: 'CSV for a spreadsheet, as CSV, with semicolons',
    type: 'text/csv',
    file: { ...csv, delimiter: 'semicolon' },
    write: async (prompts) => divided(await textOf(toSpreadsheetCsv(each(prompts))), ';'),
  },
  {
    name: 'CSV that says what divides it',
    type: 'text/csv',
    file: { ...csv, delimiter: 'semicolon' },
    write: async (prompts) => `sep=;\r\n${await divided(await textOf(toCsv(each(prompts))), ';')}`,
  },
  {
    name: 'CSV with tabs',
    type: 'text/csv',
    file: { ...csv, delimiter: 'tab' },
    write: async (prompts) => divided(await textOf(toCsv(each(prompts))), '\t'),
  },
  {
    name: 'JSON lines',
    type: 'application/x-ndjson',
    file: json,
    write: (prompts) => prompts.map((prompt) => `${JSON.stringify(prompt)}\n`).join(''),
  },
  { name: 'a JSON array', type: 'application/json', file: json, write: (prompts) => JSON.stringify(prompts) },
  {
    name: 'a JSON array, printed to be read',
    type: 'application/x-ndjson',
    file: json,
    write: (prompts) => JSON.stringify(prompts, null, 2),
  },
  {
    name: 'JSON objects, printed to be read',
    type: 'application/json',
    file: json,
    write: (prompts) => prompts.map((prompt) => JSON.stringify(prompt, null, '\t')).join('\n'),
  },
];

const encodings = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with a mark': (text: string) => Buffer.from(`\u{feff}${text}`),
  'utf-16le': (text: string) => Buffer.from(`\u{feff}${text}`, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(`\u{feff}${text}`, 'utf16le').swap16(),
} as const;

async function read(type: Type, body: ImportPromptsInput['source']['body']) {
  const file = newSourceFile();
  const rows = await collect(sourceRows({ type, body }, file));
  return { file, prompts: rows.map((row) => (row.prompt === null ? row.fault : row.prompt)) };
}

describe.each(formats)('an export kept as $name', ({ type, file, write }) => {
  it('is the same prompts, in every encoding and however it arrives', async () => {
    const encoding = fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(portable, { minLength: 1, maxLength: 4 }),
        encoding,
        fc.integer({ min: 1, max: 500 }),
        async (prompts, name, size) => {
          const text = await write(prompts);
          const expected = prompts.map(({ kind: _, ...prompt }) => prompt);
          const received = await read(type, bytesOf(encodings[name](text), size));
          expect(received.prompts).toEqual(expected);
          expect(received.file).toMatchObject({ ...file, encoding: name.split(' ')[0] });
          expect((await read(type, text)).prompts).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('names of other files', () => {
  const act = { act: 'Poet', prompt: 'Rhyme', for_devs: 'TRUE', type: 'STRUCTURED', contributor: 'ann, bob' };
  const names = Object.keys(act);

  it('mean the same in JSON as in a header', async () => {
    const inJson = await read('application/json', JSON.stringify([act], null, 2));
    const inCsv = await read('text/csv', stringify([names, Object.values(act)]));
    expect(inJson.prompts).toEqual(inCsv.prompts);
    expect(inJson.prompts).toMatchObject([
      {
        title: 'Poet',
        content: 'Rhyme',
        tags: ['for-devs'],
        category: 'structured',
        config: { contributors: ['ann', 'bob'] },
      },
    ]);
  });

  it.each([
    [{ act: '' }, 'act: '],
    [{ prompt: '' }, 'prompt: '],
    [{ for_devs: 'maybe' }, 'for_devs: Must be TRUE or FALSE'],
    [{ type: 'x'.repeat(100) }, 'type: '],
    [{ contributor: `${'x'.repeat(70_000)}` }, 'contributor: '],
    [{ Visibility: 'hidden' }, 'Visibility: '],
    [{ isTemplate: 'yes' }, 'isTemplate: Must be TRUE or FALSE'],
    [{ TAGS: 'x'.repeat(60) }, 'TAGS.0: '],
  ])('are used in what is said of %j', async (change, why) => {
    const row = { ...act, ...change };
    for (const { prompts } of [
      await read('application/json', JSON.stringify([row])),
      await read('text/csv', stringify([Object.keys(row), Object.values(row)])),
    ]) {
      expect(prompts).toEqual([expect.stringContaining(why)]);
      expect(String(prompts[0]).startsWith(why)).toBe(true);
    }
  });

  it('are left out alike where they mean nothing', async () => {
    const rows = [
      { title: 'A', content: 'a', stars: '1' },
      { title: 'B', content: 'b', stars: '' },
    ];
    const files = [
      await read('text/csv', stringify([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))])),
      await read('application/json', JSON.stringify(rows)),
      await read('application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n')),
    ];
    for (const { file, prompts } of files) {
      expect(file.leftOut.names).toEqual(['stars']);
      expect(prompts).toMatchObject([
        { title: 'A', content: 'a' },
        { title: 'B', content: 'b' },
      ]);
    }
  });

  it('are said once for each file, and no more than a hundred of them', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]));
    const { file } = await read('application/json', JSON.stringify([{ title: 'A', content: 'a', ...many }]));
    expect(file.leftOut.names).toHaveLength(100);
  });
});

describe('rows that say nothing', () => {
  it('are passed over and not counted, in every format', async () => {
    const first = { title: 'A', content: 'a' };
    const files: [Type, string][] = [
      ['text/csv', '\n;\ntitle;content\n;\nA;a\n ; \n;;;\n"";""\n'],
      ['application/x-ndjson', `\n{}\n${JSON.stringify(first)}\n{"title":"","content":null}\n`],
      ['application/json', JSON.stringify([{}, first, { title: ' ', content: '' }])],
    ];
    for (const [type, body] of files) {
      expect((await read(type, body)).prompts).toMatchObject([first]);
    }
  });
});

describe('the delimiter of CSV', () => {
  it.each([
    ['act;prompt\nA, b;c, d\n', 'semicolon'],
    ['"act";"prompt"\r\n"A, b";"c, d"\r\n', 'semicolon'],
    ['act\tprompt\nA, b\tc, d\n', 'tab'],
    ['act,prompt\n"A, b","c, d"\n', 'comma'],
    ['Sep=;\r\nact;prompt\r\nA, b;c, d', 'semicolon'],
    ['note, longer;act;prompt\n1;A, b;c, d\n', 'semicolon'],
    ['"a,b,c,d";act;prompt\n1;A, b;c, d\n', 'semicolon'],
    ['\n\n"act"\t"prompt"\tx,y,z,w\n"A, b"\t"c, d"\t\n', 'tab'],
  ])('is found by the header of %j', async (body, delimiter) => {
    const { file, prompts } = await read('text/csv', body);
    expect(file.delimiter).toBe(delimiter);
    expect(prompts).toMatchObject([{ title: 'A, b', content: 'c, d' }]);
  });

  it('is none of these where a header names no title and text by any of them, and the refusal says what it names', async () => {
    for (const [body, named] of [
      ['act|prompt\nA|a', 'It names: act|prompt.'],
      ['name;text\nA;a', 'It names: name, text.'],
      ['title\nA', 'It names: title.'],
    ] as const) {
      await expect(read('text/csv', body)).rejects.toThrow(named);
    }
    await expect(read('text/csv', 'Title,act,prompt\na,b,c')).rejects.toThrow('Title and act, which mean the same');
  });
});
