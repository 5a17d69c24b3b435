import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { diffJson } from './diff/json-diff.ts';
import type { JsonValue } from './json-value.ts';

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;

/** Their differences, but for the order of members. */
const membersApart = (from: JsonValue, to: JsonValue) => diffJson(from, to).filter(({ type }) => type !== 'reordered');

describe('canonicalJson', () => {
  it('is JSON that reads back as the same value', () => {
    fc.assert(
      fc.property(json, (value) => void expect(membersApart(JSON.parse(canonicalJson(value)), value)).toEqual([])),
    );
  });

  it('is equal for two values exactly when they have no difference but in the order of members', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(canonicalJson(left) === canonicalJson(right)).toBe(membersApart(left, right).length === 0);
      }),
    );
  });

  it('does not depend on the order of keys, at any depth', () => {
    const one = canonicalJson({ model: 'x', params: { top_p: 1, temperature: 0.2 }, stop: [] });
    const other = canonicalJson({ stop: [], params: { temperature: 0.2, top_p: 1 }, model: 'x' });
    expect(one).toBe('{"model":"x","params":{"temperature":0.2,"top_p":1},"stop":[]}');
    expect(other).toBe(one);
  });

  it('sorts keys by UTF-16 code units and writes numbers as RFC 8785 does', () => {
    const value: JsonValue = JSON.parse('{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}');
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1},"b":1}');
  });

  it('writes 20,000 levels', () => {
    const deep = Array.from({ length: 20_000 }).reduce<JsonValue>((inner) => [inner], 1);
    expect(canonicalJson(deep)).toBe(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
  });

  it('leaves out what is undefined where it is told to, so that absent and undefined are one value', () => {
    const sent = { b: [1, { d: null, c: 'x' }, undefined], a: undefined, 'a"': true };
    expect(canonicalJson(sent, { omitUndefined: true })).toBe('{"a\\"":true,"b":[1,{"c":"x","d":null},null]}');
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value, { omitUndefined: true })).toBe(canonicalJson(value));
      }),
    );
  });

  it('refuses what JSON cannot say, so that no two values share a text', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(TypeError);
    expect(() => canonicalJson({ a: undefined })).toThrow(TypeError);
  });
});
