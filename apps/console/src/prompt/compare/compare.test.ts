import { describe, expect, it } from 'vitest';
import { compareAt } from '../../addresses.ts';
import type { PromptLabel } from '../labels/calls.ts';
import { readCompared, readSide, sideBefore, versionOfSide } from './compare-at.ts';
import { pairsOf } from './paired-runs.ts';
import { signatureChanges } from './signature-changes.ts';

const labels = [{ label: 'production', version: 2 } as PromptLabel, { label: 'beta', version: null } as PromptLabel];

describe('the address of a comparison', () => {
  it('names versions and labels', () => {
    const { search } = new URL(compareAt('p', 'production', 5), 'https://promptory.example');
    expect(readCompared(search)).toEqual({ from: 'production', to: 5, view: undefined });
    expect(readCompared('?from=<script>&to=-1&view=unified')).toEqual({
      from: undefined,
      to: 'latest',
      view: 'unified',
    });
    expect([readSide('7'), readSide('eu.beta-2'), readSide('Beta!'), readSide('')]).toEqual([
      ...[7, 'eu.beta-2'],
      ...[undefined, undefined],
    ]);
  });

  it('means the version that a label points at now', () => {
    const read = (side: number | string) => versionOfSide(side, 4, labels);
    expect([read('production'), read('latest'), read(3), read('beta'), read('canary'), read(5)]).toEqual([
      ...[2, 4, 3],
      ...[null, null, null],
    ]);
    expect([sideBefore(4, labels), sideBefore(2, labels), sideBefore(1, [])]).toEqual(['production', 1, 1]);
  });
});

it('puts what stands in the place of something beside it', () => {
  const run = (type: 'same' | 'removed' | 'added', oldStart: number, newStart: number) => ({
    ...{ type, oldStart, newStart, count: 1, words: [{ type: 'same' as const, text: type }] },
  });
  const rows = pairsOf([run('same', 1, 1), run('removed', 2, 2), run('added', 3, 2), run('added', 3, 3)]);
  expect(rows.map(({ old, now }) => [old?.type, now?.type])).toEqual([
    ['same', 'same'],
    ['removed', 'added'],
    [undefined, 'added'],
  ]);
});

it('says what of the inputs is another one', () => {
  const from = { properties: { a: {}, b: { type: 'string' }, c: {}, d: {} }, required: ['a', 'd'] };
  const to = { properties: { a: {}, b: { enum: ['x'] }, d: {}, e: {}, f: {} }, required: ['a', 'e'] };
  expect(signatureChanges(from, to).map(({ name, says }) => `${name} ${says}`)).toEqual([
    'b is declared otherwise',
    'c is not taken any more',
    'd may be left out now',
    'e is new, and must be given',
    'f is new, and may be left out',
  ]);
  expect(signatureChanges(undefined, { properties: [1], required: 'a' })).toEqual([]);
});
