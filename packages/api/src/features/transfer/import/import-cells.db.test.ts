import type { PortablePrompt } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { exportAs, type ImportOptions, importAs } from '../../../../test/harness/transfers.ts';
import { givenApi, givenPerson } from '../../../../test/index.ts';

const { services } = await givenApi();

/** A row in which every column says something, as a sheet has it. */
const cells: Readonly<Record<string, string>> = {
  slug: 'given',
  title: 'Title',
  content: 'Text',
  kind: 'text',
  messages: '',
  description: 'About',
  category: 'Work',
  tags: 'a,b',
  isTemplate: 'TRUE',
  visibility: 'public',
  config: '{"model":"x"}',
  inputSchema: '{"type":"object"}',
  outputSchema: '{"type":"array"}',
  for_devs: 'TRUE',
  type: 'IMAGE',
  contributor: 'ann',
};

const made: PortablePrompt = {
  slug: 'given',
  title: 'Title',
  content: 'Text',
  kind: 'text',
  messages: null,
  description: 'About',
  category: 'Work',
  tags: ['a', 'b', 'for-devs'],
  isTemplate: true,
  visibility: 'public',
  config: { model: 'x', contributors: ['ann'] },
  inputSchema: { type: 'object' },
  outputSchema: { type: 'array' },
};

/** What is made of the row when nothing stands in one of its columns, or why nothing is. */
const withNothingIn: Readonly<Record<string, Partial<PortablePrompt> | string>> = {
  slug: { slug: 'title' },
  title: 'title: Must not be empty',
  content: 'content: A text prompt needs content',
  kind: {},
  messages: {},
  description: { description: '' },
  category: { category: 'image' },
  tags: { tags: ['for-devs'] },
  isTemplate: { isTemplate: false },
  visibility: { visibility: 'private' },
  config: { config: { contributors: ['ann'] } },
  inputSchema: { inputSchema: null },
  outputSchema: { outputSchema: null },
  for_devs: { tags: ['a', 'b'] },
  type: {},
  contributor: { config: { model: 'x' } },
};
/** Text stands as it is written. */
const withBlanksIn: Readonly<Record<string, (blanks: string) => Partial<PortablePrompt>>> = {
  content: (content) => ({ content }),
  description: (description) => ({ description }),
};

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The row in each format: JSON in texts too, as whoever makes such files of sheets writes it. */
const files: ReadonlyArray<readonly [ImportOptions['type'], (row: Readonly<Record<string, string>>) => string]> = [
  ['text/csv', (row) => `${Object.keys(row).join()}\n${Object.values(row).map(quoted).join()}\n`],
  ['application/x-ndjson', (row) => `${JSON.stringify(typed(row))}\n`],
  ['application/json', (row) => JSON.stringify([typed(row)], null, 2)],
];

function typed(row: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, text]) => [column, text.startsWith('{') ? JSON.parse(text) : text]),
  );
}

async function imported(type: ImportOptions['type'], body: string): Promise<PortablePrompt | string | null> {
  const person = await givenPerson(services);
  const { events } = await importAs(services, person, body, type === undefined ? {} : { type });
  const [event] = events;
  const [prompt] = await exportAs(services, person);
  return prompt ?? (event?.type === 'row' ? event.reason : null);
}

describe('a row that says something in every column', () => {
  it.each(files)('is the prompt of it: %s', async (type, fileOf) => {
    expect(await imported(type, fileOf(cells))).toEqual(made);
  });
});

describe.each(Object.keys(cells))('a row with nothing to be seen in its column %s', (column) => {
  const empty = withNothingIn[column] ?? {};
  it.each(files)('says nothing by an empty cell: %s', async (type, fileOf) => {
    const expected = typeof empty === 'string' ? empty : { ...made, ...empty };
    expect(await imported(type, fileOf({ ...cells, [column]: '' }))).toEqual(expected);
  });

  it.each(files)('says nothing by blanks either, unless they are its text: %s', async (type, fileOf) => {
    for (const blanks of [' ', ' \t\u{a0}\u{3000}']) {
      const verbatim = withBlanksIn[column]?.(blanks);
      const expected =
        verbatim === undefined && typeof empty === 'string' ? empty : { ...made, ...Object(verbatim ?? empty) };
      expect(await imported(type, fileOf({ ...cells, [column]: blanks }))).toEqual(expected);
    }
  });
});
