import { expect, it } from 'vitest';
import { fittingCount, promptPage } from './prompt-page.ts';

/** Two mebibytes, less what stands around the items of a page. */
const PAGE_BYTES = 1984 * 1024;

const keysOf = (...sizes: number[]) => sizes.map((bytes, index) => ({ id: `p${index}`, bytes }));
const half = PAGE_BYTES / 2;

it.each([
  ['nothing', [], 0],
  ['all that stay within the bound', [half, half], 2],
  ['what comes before the one that passes it', [half, half, 1], 2],
  ['not a smaller one after it', [half, half + 1, 1], 1],
  ['one that is larger than a page', [PAGE_BYTES + 1, 1], 1],
  ['as many small ones as there are', Array.from({ length: 101 }, () => 5_000), 101],
])('holds %s', (_, sizes, count) => {
  expect(fittingCount(keysOf(...sizes))).toBe(count);
});

it('ends a page at its limit or where its prompts grow too large, with a cursor behind the last key', async () => {
  const page = (sizes: number[], limit: number) =>
    promptPage(
      keysOf(...sizes),
      limit,
      ({ id }) => `after ${id}`,
      async (ids) => ids.map((id) => ({ id })),
    );
  expect(await page([1, 1, 1], 2)).toEqual({ items: [{ id: 'p0' }, { id: 'p1' }], nextCursor: 'after p1' });
  expect(await page([1, 1], 2)).toEqual({ items: [{ id: 'p0' }, { id: 'p1' }], nextCursor: null });
  expect(await page([half, half, half], 3)).toEqual({ items: [{ id: 'p0' }, { id: 'p1' }], nextCursor: 'after p1' });
  expect(await page([], 2)).toEqual({ items: [], nextCursor: null });
});

it('gives the rows in the order of the keys, without those that are gone meanwhile, and still goes on', async () => {
  const read = async (ids: string[]) => ids.filter((id) => id !== 'p1').map((id) => ({ id }));
  const backwards = async (ids: string[]) => (await read(ids)).reverse();
  expect(await promptPage(keysOf(1, 1, 1, 1), 3, ({ id }) => id, backwards)).toEqual({
    items: [{ id: 'p0' }, { id: 'p2' }],
    nextCursor: 'p2',
  });
});
