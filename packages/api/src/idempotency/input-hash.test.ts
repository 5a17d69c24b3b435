import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inputHash } from './input-hash.ts';

it('is one for one input, whatever the order of its fields, and another for a document in another order', () => {
  const text = '{"a\\"":true,"b":[1,{"d":null,"c":"x"}]}';
  expect(inputHash({ b: [1, { d: null, c: 'x' }], a: undefined, 'a"': true })).toBe(
    createHash('sha256').update(text).digest('base64url'),
  );
  expect(inputHash({ b: 1, a: 2 })).toBe(inputHash({ a: 2, b: 1 }));
  expect(inputHash({ config: { b: 1, a: 2 } })).not.toBe(inputHash({ config: { a: 2, b: 1 } }));
});

it('is another for an input that is another in JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(inputHash({ value: one }) === inputHash({ value: other })).toBe(isSame);
    }),
  );
});
