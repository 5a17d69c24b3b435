import { expect, it } from 'vitest';
import { findUnplain } from './plain-values.ts';

const lists = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 'x');
const members = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => ({ inner }), 'x');

it.each([lists, members])('takes values of fifty levels, and refuses the fifty-first once', (nested) => {
  expect(findUnplain({ deep: nested(50), plain: [{}] })).toEqual([]);
  expect(findUnplain({ deep: nested(51), deeper: nested(60) })).toEqual([
    expect.objectContaining({ path: expect.stringMatching(/^\/deep(\/0|\/inner){50}$/), code: 'type' }),
  ]);
});
