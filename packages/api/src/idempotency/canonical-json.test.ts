import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

it('writes one value one way, whatever the order of its members', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, 'a"': true })).toBe(
    '{"a\\"":true,"b":[1,{"c":"x","d":null}]}',
  );
  expect(canonicalJson({ b: 1, a: 2 })).toBe(canonicalJson({ a: 2, b: 1 }));
});

it('keeps what JSON keeps, so that other values are other texts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
