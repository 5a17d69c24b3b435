import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect, errorOf } from '../../../../test/index.ts';
import { type JsonItem, jsonItems } from './json-items.ts';

const MAX_LINE_LENGTH = 4 * 1024 * 1024;

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

const itemsOf = (text: string, size = 65_536): Promise<JsonItem[]> => collect(jsonItems(inPieces(text, size)));
const textsOf = async (text: string, size?: number) => (await itemsOf(text, size)).map((item) => item.text);

const object = fc.dictionary(
  fc.constantFrom('title', 'a"b', '\\', '[', '}'),
  fc.oneof(
    fc.json().map((text) => JSON.parse(text)),
    fc.constantFrom('"', '\\', '\\"', '{[', ']},', '\n', '😀'),
  ),
);
const size = fc.integer({ min: 1, max: 12 });
const lineEnd = fc.constantFrom('\n', '\r\n', ' \t\r\n');

describe('the items of a JSON text', () => {
  it('are those of an array, however it is printed and cut', async () => {
    const indent = fc.constantFrom(undefined, 1, 2, '\t');
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 5 }), indent, size, async (objects, space, cut) => {
        const texts = await textsOf(JSON.stringify(objects, null, space), cut);
        expect(texts.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(objects)));
      }),
      { numRuns: 200 },
    );
  });

  it('are objects one after the other, printed to be read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 4 }), size, lineEnd, async (objects, cut, end) => {
        const [first, ...others] = objects.map((one) => JSON.stringify(one, null, 2));
        // An empty object is printed on one line, by which nobody can tell.
        const text = ['{\n}', first === '{}' ? '{\n}' : first, ...others].join('\n').replaceAll('\n', end);
        const texts = await textsOf(text, Math.max(cut, 6));
        expect(texts.slice(1).map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(objects)));
      }),
    );
  });

  it('are the lines, where it begins as lines do', async () => {
    expect(await itemsOf('\n {"a":1}\r\n\n{"b":\n[2]\n')).toEqual(
      ['{"a":1}', '{"b":', '[2]'].map((text) => ({ what: 'line', text })),
    );
    expect(await itemsOf('')).toEqual([]);
    expect(await itemsOf(' \n\n')).toEqual([]);
  });

  it.each([
    ['an empty array', ' [ \n ] ', []],
    [
      'what stands between commas, read or not',
      '[1, "a,b" ,nonsense,{"a":[1,{}]},]',
      ['1', '"a,b"', 'nonsense', '{"a":[1,{}]}', ''],
    ],
    ['nothing between commas', '[,{}]', ['', '{}']],
    [
      'escaped quotes',
      String.raw`["\"],[", "\\", {"\\\"": "\\\\"}]`,
      [String.raw`"\"],["`, String.raw`"\\"`, String.raw`{"\\\"": "\\\\"}`],
    ],
  ])('may be %s', async (_, text, expected) => {
    for (const cut of [1, 2, 3, 7, 100]) expect(await textsOf(text, cut), String(cut)).toEqual(expected);
  });

  it.each([
    ['[{"a":1}', 0, 'it ends within item 1'],
    ['[{"a":1}, ', 1, 'it ends within the array'],
    ['[{"a":1}, "b', 1, 'it ends within item 2'],
    ['[{"a":1}] {"b":2}', 1, 'something follows the end of the array'],
    ['[1], [2]', 1, 'something follows the end of the array'],
    ['[{"a":1}, {}}', 1, 'a bracket closes what it did not open'],
    ['{\n"a":1}, {"b":2}', 1, 'what follows item 1 is no object'],
    ['{\n"a":1', 0, 'it ends within item 1'],
  ])('end where %j is broken, behind those before', async (text, before, why) => {
    for (const cut of [3, 100]) {
      const seen: JsonItem[] = [];
      const read = async () => {
        for await (const item of jsonItems(inPieces(text, cut))) seen.push(item);
      };
      const error = await errorOf(read());
      expect([error.code, error.message]).toEqual(['import.unreadable', expect.stringContaining(why)]);
      expect(seen).toHaveLength(before);
    }
  });

  it('are bounded, and nothing is kept between them', async () => {
    expect(await textsOf(`[${' '.repeat(3 * MAX_LINE_LENGTH)}1]`)).toEqual(['1']);
    expect((await errorOf(itemsOf(`[{}, "${'a'.repeat(MAX_LINE_LENGTH + 65_536)}"]`))).message).toContain(
      'item 2 is too long',
    );
    expect((await errorOf(itemsOf('['.repeat(MAX_LINE_LENGTH + 131_072)))).message).toContain('item 1 is too long');
  });
});
