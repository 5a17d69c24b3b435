import { expect, it } from 'vitest';
import { fittingCount, PAGE_BYTES, rowBytes } from './page-bytes.ts';

it.each([
  [[], 10, 0],
  [[4, 6], 10, 2],
  [[4, 7], 10, 1],
  [[4, 6, 1], 10, 2],
  [[11, 1], 10, 1],
  [[11], 10, 1],
])('of rows with %j bytes as many fit into %i as together have no more, and one at least: %i', (sizes, most, count) => {
  expect(fittingCount(sizes, most)).toBe(count);
});

it('leaves 64 KiB of two mebibytes to what stands around a page', () => {
  expect(PAGE_BYTES).toBe(2 * 1_048_576 - 65_536);
  expect(fittingCount([PAGE_BYTES - 1, 1, 1])).toBe(2);
});

it('counts a row by its bytes in UTF-8, with the comma behind it', () => {
  const rows = [{ a: 'x' }, { a: 'é😀' }, null];
  const page = JSON.stringify(rows);
  expect(rows.reduce((sum, row) => sum + rowBytes(row), 0)).toBe(Buffer.byteLength(page) - '[]'.length + 1);
});
