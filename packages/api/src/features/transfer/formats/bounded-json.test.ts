import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonFault, parseBoundedJson } from './bounded-json.ts';

const faultOf = (text: string): string => {
  try {
    parseBoundedJson(text);
    return 'none';
  } catch (error) {
    return error instanceof JsonFault ? error.message : String(error);
  }
};

describe('JSON of a bounded shape', () => {
  it('is what JSON.parse makes of it, but for a name that no object can have', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const fault = faultOf(text);
        if (fault === 'none') expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
        else
          expect([fault, text]).toEqual([
            expect.stringContaining('"__proto__"'),
            expect.stringContaining('"__proto__":'),
          ]);
      }),
      { examples: [['{"a":[{"__proto__":1}]}']] },
    );
    expect(faultOf('{"a":"__proto__"}')).toBe('none');
  });

  it('is not JSON where JSON.parse finds none', () => {
    for (const text of ['', '{', '"a', '"\\"', '[1,]', '{"a":1}}', '"a\n"', 'undefined']) {
      expect(faultOf(text), text).toMatch(/^not JSON: at line 1, column \d there must be /);
    }
  });

  it('has at most 64 levels', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(faultOf(nested(64))).toBe('none');
    expect(faultOf(nested(65))).toBe('JSON deeper than 64 levels');
    expect(faultOf('{"a":'.repeat(2_000_000))).toBe('JSON deeper than 64 levels');
  });

  it('has at most 50,000 values', () => {
    expect(faultOf(`[${'1,'.repeat(49_998)}1]`)).toBe('none');
    expect(faultOf(`[${'1,'.repeat(50_000)}1]`)).toBe('JSON of more than 50000 values');
    expect(faultOf(`[${'[],'.repeat(50_000)}1]`)).toBe('JSON of more than 50000 values');
    expect(faultOf(`[${'[1],'.repeat(30_000)}1]`)).toBe('JSON of more than 50000 values');
  });

  it('has at most 20,000 names, which cost more than values', () => {
    const named = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join()}}`;
    expect(faultOf(named(20_000))).toBe('none');
    expect(faultOf(named(20_001))).toBe('JSON of more than 20000 names');
  });

  it('counts no sign that stands in a string, behind escaped quotes too', () => {
    const text = JSON.stringify({ a: '[{,'.repeat(100_000), b: `${'\\"'.repeat(50_000)}[`, 'c\\': '"[' });
    expect(parseBoundedJson(text)).toEqual(JSON.parse(text));
  });
});
