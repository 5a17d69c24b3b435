import { expect, it } from 'vitest';
import { divided } from './csv/delimiter.ts';
import { ofFormat } from './format-given.ts';
import { jsonItems } from './json-items.ts';

// What is read piece by piece ends its source when it is given up: else who sends it would wait for nobody.

type Read = (source: AsyncGenerator<string>) => Promise<AsyncIterable<unknown>> | AsyncIterable<unknown>;

const readers: ReadonlyArray<readonly [what: string, piece: string, read: Read]> = [
  ['a table', 'title,content\na,b\n', async (source) => (await divided(source)).text],
  ['a file that is looked at', 'title,content\na,b\n', (source) => ofFormat('csv', source)],
  ['lines of JSON', '{"title":"a"}\n', jsonItems],
  ['a list of JSON', '[{"title":"a"},{"title":"b"},', jsonItems],
];

/** A hundred times a piece, and how far it was read. */
function given(piece: string) {
  const seen = { pieces: 0, isEnded: false };
  async function* source(): AsyncGenerator<string> {
    try {
      for (; seen.pieces < 100; seen.pieces += 1) yield piece;
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, source: source() };
}

it.each(readers)('%s that is read no further ends what it comes from', async (_what, piece, read) => {
  const { seen, source } = given(piece);
  let items = 0;
  for await (const _item of await read(source)) {
    items += 1;
    if (items === 2) break;
  }
  expect([items, seen.pieces < 100, seen.isEnded]).toEqual([2, true, true]);
});

it.each([
  ['csv', '[{"title":"a"},'],
  ['json', 'title,content\na,b\n'],
] as const)('a file that is no %s and was sent as such ends what it comes from', async (format, piece) => {
  const { seen, source } = given(piece);
  await expect(ofFormat(format, source)).rejects.toThrow('send it as');
  expect([seen.pieces < 100, seen.isEnded]).toEqual([true, true]);
});
