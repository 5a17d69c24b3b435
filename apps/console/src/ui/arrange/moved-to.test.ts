import { expect, it } from 'vitest';
import { movedTo, placeAt, placeByKey } from './moved-to.ts';

it('moves one item, and leaves the others in their order', () => {
  expect(movedTo(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(movedTo(['a', 'b', 'c', 'd'], 3, 0)).toEqual(['d', 'a', 'b', 'c']);
  expect(movedTo(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});

it('leaves the list as it is where a place is none of it', () => {
  for (const [from, to] of [
    [0, 2],
    [2, 0],
    [-1, 0],
    [0, -1],
  ] as const)
    expect(movedTo(['a', 'b'], from, to)).toEqual(['a', 'b']);
});

it('finds the place at a point, beyond the ends too', () => {
  const rows = [0, 40, 80].map((top) => ({ top, bottom: top + 40 }));
  expect([-10, 0, 39, 40, 119, 500].map((y) => placeAt(y, rows))).toEqual([0, 0, 0, 1, 2, 2]);
});

it('knows the keys that move an item, and stops at the ends', () => {
  expect(['ArrowUp', 'ArrowDown', 'Home', 'End'].map((key) => placeByKey(key, 1, 4))).toEqual([0, 2, 0, 3]);
  expect([placeByKey('ArrowUp', 0, 4), placeByKey('ArrowDown', 3, 4)]).toEqual([0, 3]);
  expect([placeByKey('Tab', 1, 4), placeByKey('toString', 1, 4)]).toEqual([null, null]);
});
