import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../json-value.ts';
import { SAMPLES, sampleOf } from './sample-values.ts';

const samplesOf = (inputs: JsonValue) => Array.from({ length: SAMPLES }, (_, index) => sampleOf(inputs, index));
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('sampleOf', () => {
  it.each<JsonValue>([
    { type: 'array' },
    { type: 'array', items: true },
    { type: 'array', items: { type: ['array', 'null'], minItems: 1 } },
    { type: 'object', properties: { many: { type: 'array' } }, required: ['many'] },
    {},
  ])('comes to an end where lists may hold anything: %j', (schema) => {
    const samples = samplesOf({ type: 'object', properties: { tags: schema, other: schema }, required: ['tags'] });
    for (const sample of samples) {
      expect(sample).toHaveProperty('tags');
      expect(depthOf(sample)).toBeLessThan(8);
    }
  });

  it('takes all kinds of values that a schema allows, and no other', () => {
    const values = samplesOf({ properties: { a: { type: ['string', 'boolean'] } } }).map(({ a }) => a);
    expect(new Set(values)).toEqual(new Set(['a', '', ' ', true, false, undefined]));
  });

  it('takes every choice of each of many inputs, and nothing else', () => {
    const choices = [1, 2, 3, 4, 5, 6, 7];
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const properties = Object.fromEntries(names.map((name) => [name, { enum: choices }]));
    const samples = samplesOf({ properties, required: names });
    for (const name of names) {
      expect([...new Set(samples.map((sample) => sample[name]))].sort(), name).toEqual(choices);
    }
  });
});
