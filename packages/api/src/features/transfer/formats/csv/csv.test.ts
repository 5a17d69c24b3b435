import type { PortablePrompt } from '@promptory/schemas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portable } from '../../../../../test/fixtures/portable-prompts.ts';
import { codeOf, collect, errorOf } from '../../../../../test/index.ts';
import { type SourceRow, sourceRows } from '../../import/source-rows.ts';
import { csvRecords } from './csv-records.ts';
import { toCsv, toSpreadsheetCsv } from './to-csv.ts';

const rowsOf = (body: string | AsyncIterable<Uint8Array>, type: 'text/csv' | 'application/x-ndjson' = 'text/csv') =>
  collect(sourceRows({ type, body }));

const promptsOf = async (body: string): Promise<unknown[]> =>
  (await rowsOf(body)).map((row) => (row.prompt === null ? row.fault : row.prompt));

async function* bytesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const variable = '$' + '{thing:a cat}';

describe('a CSV of prompts.chat', () => {
  it('becomes prompts: its text as it stands, developers as a tag, type as category, contributors in the config', async () => {
    const csv = [
      'act,prompt,for_devs,type,contributor',
      'Linux Terminal," I act\\n as ""x"",\nyes",TRUE,TEXT,f',
      `Painter,Paint ${variable},FALSE,IMAGE,"ann, bob"`,
    ].join('\r\n');
    expect(await promptsOf(csv)).toMatchObject([
      {
        title: 'Linux Terminal',
        content: ' I act\\n as "x",\nyes',
        tags: ['for-devs'],
        config: { contributors: ['f'] },
      },
      {
        title: 'Painter',
        content: `Paint ${variable}`,
        category: 'image',
        config: { contributors: ['ann', 'bob'] },
      },
    ]);
  });

  it('may have the two columns that it had first', async () => {
    expect(await promptsOf('"act","prompt"\n"A","B"\n')).toMatchObject([
      { title: 'A', content: 'B', config: undefined },
    ]);
  });
});

describe('reading a file', () => {
  it('reads a byte order mark, blank lines and both ends of lines, however the bytes are cut', async () => {
    const bytes = encode('\u{feff}title,content\r\n\nÄ😀,"雪\r\n\n二"\nB,c');
    for (const size of [1, 2, 3, 7, 1000]) {
      const rows = await rowsOf(bytesOf(bytes, size));
      expect(rows.map(({ row, prompt }) => [row, prompt?.title, prompt?.content])).toEqual([
        [1, 'Ä😀', '雪\r\n\n二'],
        [2, 'B', 'c'],
      ]);
    }
  });

  it('gives a text of many pieces back unharmed', async () => {
    const content = '😀'.repeat(80_000);
    expect(await promptsOf(`title,content\n\nx,a${content}`)).toMatchObject([{ content: `a${content}` }]);
  });

  it('fails a bad row alone, and says why', async () => {
    const rows = await rowsOf('title,content,tags,for_devs\nA,,,\n,b,,\nC,c,[1],\nD,d,,maybe\nE,e\nF,f,,TRUE\n');
    expect(rows.map((row) => (row.prompt === null ? row.fault : 'ok'))).toEqual([
      expect.stringMatching(/^content: /),
      expect.stringMatching(/^title: /),
      expect.stringMatching(/^tags\.0: /),
      'for_devs: Must be TRUE or FALSE',
      'The row has 2 cells and the header 4',
      'ok',
    ]);
  });

  it.each([
    ['CR', '\r'],
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('reads lines that end in %s, however the bytes are cut', async (_, end) => {
    const lines = ['', '"title",content', 'A,"a\r\n\r\nb\nc"', '', 'B,b', '""', 'C,"c"', ''];
    for (const size of [1, 2, 3, 7, 1000]) {
      const rows = await rowsOf(bytesOf(encode(lines.join(end)), size));
      expect(rows.map(({ prompt }) => [prompt?.title, prompt?.content])).toEqual([
        ['A', 'a\r\n\r\nb\nc'],
        ['B', 'b'],
        ['C', 'c'],
      ]);
      const declared = await rowsOf(bytesOf(encode(`sep=;${end}title;content${end}A;a,b`), size));
      expect(declared.map(({ prompt }) => prompt?.content)).toEqual(['a,b']);
    }
  });

  it('takes a carriage return for text where lines end otherwise', async () => {
    expect(await promptsOf('title,content\nA,a\rb\n')).toMatchObject([{ title: 'A', content: 'a\rb' }]);
  });

  it('passes over cells beyond the header with nothing in them, and says where a heading is empty', async () => {
    const rows = await rowsOf('title,content,,x\nA,a,,1,,\nB,b,2, , \nC,c,,,,3\nD\n');
    expect(rows.map((row) => row.note)).toEqual([
      'Columns not known and left out: column 3, which has no name, x',
      null,
      null,
      null,
    ]);
    expect(rows.map((row) => (row.prompt === null ? row.fault : row.prompt.content))).toEqual([
      'a',
      'b',
      'The row has 6 cells and the header 4',
      'The row has 1 cell and the header 4',
    ]);
  });

  it('says once which columns it leaves out', async () => {
    const rows = await rowsOf('title,content,stars,note\nA,a,1,2\nB,b,1,2\n');
    expect(rows.map((row) => row.note)).toEqual(['Columns not known and left out: stars, note', null]);
    const lines = [
      '{"title":"A","content":"a","stars":1}',
      '{"title":"B","content":"b","stars":1,"note":{}}',
      '{"title":"C","content":"c","note":1}',
    ];
    const read = await rowsOf(lines.join('\n'), 'application/x-ndjson');
    expect(read.map((row) => row.note)).toEqual([
      'Keys not known and left out: stars',
      'Keys not known and left out: note',
      null,
    ]);
  });

  it('refuses a file that is empty, has no known header, names a column twice or is not UTF-8', async () => {
    const bodies = ['', '\u{feff}', '\n', 'name,text\na,b', 'title,act,prompt\na,b,c', 'title,content\n\ud800,x'];
    for (const body of bodies) expect(await codeOf(rowsOf(body))).toBe('import.unreadable');
    for (const bytes of [
      [0x61, 0xc3],
      [0x61, 0xc3, 0x61],
    ]) {
      expect((await errorOf(rowsOf(bytesOf(Uint8Array.from(bytes), 10)))).message).toMatch(/not UTF-8/);
    }
  });

  it('gives every row before a quote that is not closed, doubled or expected', async () => {
    for (const [broken, why] of [
      ['"c', 'a quote is not closed'],
      ['"c"d,x', 'not doubled'],
      ['c"d,x', 'holds one'],
    ] as const) {
      const seen: SourceRow[] = [];
      const read = async (): Promise<void> => {
        const body = `title,content\nA,a\nB,b\n${broken}`;
        for await (const row of sourceRows({ type: 'text/csv', body })) seen.push(row);
      };
      const error = await errorOf(read());
      expect([error.code, error.message]).toEqual(['import.unreadable', expect.stringContaining(why)]);
      expect(seen.map((row) => row.title)).toEqual(['A', 'B']);
    }
  });

  it('refuses a row of more than 4 MiB without reading on', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield encode('title,content\nA,"');
      for (; pulled < 1_000; pulled += 1) yield encode('x'.repeat(65_536));
    }
    expect(await codeOf(rowsOf(endless()))).toBe('import.unreadable');
    expect(await codeOf(rowsOf(endless(), 'application/x-ndjson'))).toBe('import.unreadable');
    expect(pulled).toBeLessThan(200);
  });

  it('reads JSON lines, of which a bad one fails alone', async () => {
    const lines = [
      JSON.stringify({ title: 'A', content: 'a' }),
      '',
      '{"title":',
      '[1]',
      JSON.stringify({ title: 'B', messages: [{ role: 'user', content: 'Hi' }], extra: 1 }),
      JSON.stringify({ title: 'C', messages: [{ role: 'user', content: 'Hi' }] }),
      JSON.stringify({ title: 'D', kind: 'chat', content: 'else', messages: [{ role: 'user', content: 'Hi' }] }),
    ].join('\r\n');
    const rows = await rowsOf(lines, 'application/x-ndjson');
    expect(rows.map((row) => (row.prompt === null ? row.fault : row.prompt.content))).toEqual([
      'a',
      expect.stringMatching(/^The line is not JSON: at line 1, column 10 there must be a value/),
      'The line is a list, expected an object',
      'user:\nHi',
      'user:\nHi',
      expect.stringMatching(/^content: /),
    ]);
  });
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('an export as CSV', () => {
  it('reads back as the same prompts, whatever stands in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(portable, { minLength: 1, maxLength: 5 }), async (prompts) => {
        const csv = (await collect(toCsv(each(prompts)))).join('');
        expect(await promptsOf(csv)).toEqual(prompts.map(({ kind: _, ...prompt }) => prompt));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps a cell that a spreadsheet would take for a formula as it is', async () => {
    const csv = (await collect(toCsv(each([{ ...sample(), title: '=SUM(1)' }])))).join('');
    const [, record] = await collect(csvRecords(each([csv]), ','));
    expect(record?.[1]).toBe('=SUM(1)');
  });
});

describe('an export for a spreadsheet', () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '＝1',
    '＋1',
    '－1',
    '＠1',
    '\u00a0=1',
  ];

  it.each(formulas)('holds no cell that begins a formula: %j', async (text) => {
    const csv = (await collect(toSpreadsheetCsv(each([{ ...sample(), title: text, content: `x${text}` }])))).join('');
    const [headings, record] = await collect(csvRecords(each([csv]), ','));
    expect(record?.[1]).toBe(`'${text}`);
    expect(record?.[2]).toBe(`x${text}`);
    expect(headings?.at(-1)).toBe('guarded');
    expect(record?.at(-1)?.split(' ')).toContain('title');
  });

  it('is the same prompts once it is imported, apostrophes of their own included', async () => {
    const risky = portable.chain((prompt) =>
      fc
        .record({
          start: fc.constantFrom("'", "'=", '=', '-', '\t', ''),
          at: fc.constantFrom('content' as const, 'description' as const),
        })
        .map(({ start, at }) => ({ ...prompt, [at]: `${start}${prompt[at] ?? ''}` })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          risky.filter(({ kind }) => kind === 'text'),
          { maxLength: 5 },
        ),
        async (prompts) => {
          const csv = (await collect(toSpreadsheetCsv(each(prompts)))).join('');
          expect(await promptsOf(csv)).toEqual(prompts.map(({ kind: _, ...prompt }) => prompt));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is read also when somebody took an apostrophe off by hand, and takes none off elsewhere', async () => {
    expect(await promptsOf("title,content,guarded\n'=a,'=b,content\n'=a,=b,content title")).toMatchObject([
      { title: "'=a", content: '=b' },
      { title: '=a', content: '=b' },
    ]);
  });
});

function sample(): PortablePrompt {
  const [prompt] = fc.sample(portable, 1);
  if (prompt === undefined) throw new Error('No sample');
  return prompt;
}
