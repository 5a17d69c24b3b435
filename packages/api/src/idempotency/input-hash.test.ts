import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inputHash } from './input-hash.ts';

it('is one for one input, whatever the order of its members', () => {
  const text = '{"a\\"":true,"b":[1,{"c":"x","d":null}]}';
  expect(inputHash({ b: [1, { d: null, c: 'x' }], a: undefined, 'a"': true })).toBe(
    createHash('sha256').update(text).digest('base64url'),
  );
  expect(inputHash({ b: 1, a: 2 })).toBe(inputHash({ a: 2, b: 1 }));
});

it('is another for an input that is another in JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const isSame = isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
      expect(inputHash({ value: one }) === inputHash({ value: other })).toBe(isSame);
    }),
  );
});
