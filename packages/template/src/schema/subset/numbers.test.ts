import { expect, it } from 'vitest';
import type { JsonObject } from '../../json-value.ts';
import { SchemaDocument } from '../check/schema-document.ts';
import { Validity } from '../check/validity.ts';
import { numberCandidates } from './numbers.ts';

const candidates = (node: JsonObject) =>
  numberCandidates([{ node, positive: true, validity: new Validity(new SchemaDocument(node)) }]);

it.each<[string, JsonObject, boolean, number[]]>([
  ['one number', { minimum: 2, maximum: 2 }, true, [2]],
  ['no number', { minimum: 2, exclusiveMaximum: 2 }, true, []],
  ['whole numbers between two', { type: 'integer', minimum: -1, maximum: 2 }, true, [-1, 0, 1, 2]],
  ['multiples between two', { multipleOf: 0.5, exclusiveMinimum: 0, maximum: 1 }, true, [0.5, 1]],
  ['whole multiples of a part', { type: 'integer', multipleOf: 1.5, minimum: 1, maximum: 9 }, true, [3, 6, 9]],
  ['whole multiples of tenths', { type: 'integer', multipleOf: 0.4, minimum: 1, maximum: 4 }, true, [2, 4]],
  ['multiples that no number says exactly', { type: 'integer', multipleOf: 4503599627370495.5 }, false, []],
  ['numbers between two', { minimum: 0, maximum: 1 }, false, [0, 0.5, 1]],
  ['numbers within two', { exclusiveMinimum: 0, exclusiveMaximum: 1 }, false, [0.5]],
  ['numbers above one', { minimum: 7 }, false, [7, 8]],
  ['numbers below one', { maximum: 7 }, false, [6, 7]],
  ['whole numbers above one', { type: 'integer', minimum: 7 }, false, [7, 8]],
  ['all numbers', { type: 'number' }, false, [0, 1, 0.5]],
])('are all that there are only where there is no other: %s', (_, node, all, some) => {
  const found = candidates(node);
  expect(found.all).toBe(all);
  expect(found.values).toEqual(expect.arrayContaining(some));
  if (all) expect([...new Set(found.values)].sort((one, other) => Number(one) - Number(other))).toEqual(some);
});
