import type { ListedPrompt } from '@promptory/client';
import { expect, it } from 'vitest';
import type { PromptLabel } from '../prompt/labels/calls.ts';
import { behind, columnsOf, isDrifting, type MatrixRow, pickedFrom } from './matrix.ts';
import { matrixAt, readMatrixSearch } from './matrix-search.ts';

const row = (id: string, version: number, labels: Readonly<Record<string, number | null>>): MatrixRow => ({
  prompt: { id, title: id, version } as ListedPrompt,
  labels: Object.entries(labels).map(([label, at]) => ({ label, version: at }) as PromptLabel),
});
const rows = [row('a', 3, { production: 1, canary: 3 }), row('b', 2, { staging: 2, beta: null }), row('c', 1, {})];

it('has a column for production, staging and each label that points anywhere', () => {
  expect(columnsOf(rows)).toEqual(['production', 'staging', 'canary']);
});

it('marks what is behind the latest version', () => {
  expect(rows.map((one) => behind(one, 'production'))).toEqual([2, 0, 0]);
  expect(rows.map(isDrifting)).toEqual([true, false, false]);
});

it('releases the latest of each, or what another label points at', () => {
  const read = (source: string | null) =>
    pickedFrom(rows, 'production', source).map(({ prompt, version, from }) => [prompt.id, version, from]);
  expect(read(null)).toEqual([
    ['a', 3, 1],
    ['b', 2, null],
    ['c', 1, null],
  ]);
  expect(read('staging')).toEqual([['b', 2, null]]);
});

it('keeps what is shown in the address', () => {
  const search = { q: 'tea & cake', group: 'g', drift: true };
  expect(readMatrixSearch(matrixAt(search).split('?')[1] ?? '')).toEqual(search);
  expect(matrixAt(readMatrixSearch('?q=&group=&drift=maybe'))).toBe('/releases');
});
