import { expect, it } from 'vitest';
import { seededRandom } from '../../test/seeded-random.ts';
import { syntaxFault } from './syntax-fault.ts';

it.each([
  ['', 1, 1, /^a value: an object/],
  ['  \n', 2, 1, /^a value/],
  ['{"a": 1,}', 1, 9, /^a name in double quotes, for a comma/],
  ['{"a": 1', 1, 8, /^"," or "\}"$/],
  ["{'a': 1}", 1, 2, /^a name in double quotes, or "\}"$/],
  ['{"a" 1}', 1, 6, /^":" and a value$/],
  ['{"a": }', 1, 7, /^a value/],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, /^"," or "\}"$/],
  ['{\r\n  "a": tru\r\n}', 2, 8, /^a value/],
  ['[1, 2', 1, 6, /^"," or "\]"$/],
  ['[1,]', 1, 4, /^a value/],
  ['[,]', 1, 2, /^a value or "\]"$/],
  ['{"a": 1}}', 1, 9, /^the end/],
  ['{"a": 1} {"b": 2}', 1, 10, /^the end/],
  ['{"a": "secret}', 1, 15, /^a quotation mark that ends the text of line 1, column 7$/],
  ['{"a": "one\ntwo"}', 1, 11, /^no control character/],
  ['{"a": "\\x41"}', 1, 8, /^an escape that JSON knows/],
  ['{"a": "\\u12g4"}', 1, 8, /^an escape/],
  ['{"a": 01}', 1, 8, /^"," or "\}"$/],
  ['{"a": .5}', 1, 7, /^a value/],
  ['{"a": NaN}', 1, 7, /^a value/],
  ['undefined', 1, 1, /^a value/],
  ['{]', 1, 2, /^a name/],
  ['[}', 1, 2, /^a value or/],
  ['{"a":"é😀", b}', 1, 13, /^a name/],
])('says of %j where it stops being JSON, and what was expected', (text, line, column, expected) => {
  const fault = syntaxFault(text);
  expect(fault).toMatchObject({ line, column });
  expect(fault?.expected).toMatch(expected);
  expect(fault?.expected).not.toContain('secret');
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('finds a fault in just what JSON.parse refuses, where that does', () => {
  const valid = JSON.stringify({
    a: [1, -2.5e3, 'x"\\\n\u2028', true, null, {}, []],
    'b c': { d: [[], {}, [{ e: '😀' }]], f: false },
  });
  const signs = ['{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', '.', 'e', 't', 'u', ' ', '\n', '\u0001', 'é', ''];
  const seed = 20_261_128;
  const next = seededRandom(seed);
  const pick = (length: number): number => Math.floor(next() * length);
  let refused = 0;
  for (let round = 0; round < 4_000; round += 1) {
    let text = valid;
    for (let edits = 1 + pick(3); edits > 0; edits -= 1) {
      const at = pick(text.length + 1);
      text = text.slice(0, at) + (signs[pick(signs.length)] ?? '') + text.slice(at + pick(2));
    }
    const fault = syntaxFault(text);
    if (!isJson(text)) refused += 1;
    expect([seed, text, fault === null]).toEqual([seed, text, isJson(text)]);
  }
  expect(refused).toBeGreaterThan(2_000);
});

it('takes no recursion, and looks no further than a moment lasts', () => {
  expect(syntaxFault('['.repeat(100_000))).toMatchObject({ line: 1, column: 100_001 });
  expect(syntaxFault(`["${'\\n'.repeat(100_000)}`)?.expected).toMatch(/column 2$/);
  for (const long of ['['.repeat(300_000), `["${'\\n'.repeat(300_000)}`]) expect(syntaxFault(long)).toBeNull();
});
