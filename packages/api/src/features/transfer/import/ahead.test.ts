import { expect, it } from 'vitest';
import { ahead } from './ahead.ts';

/** Three numbers, and what has been made of them. */
function given(failsAt = Number.POSITIVE_INFINITY) {
  const seen = { made: 0, isEnded: false };
  async function* numbers(): AsyncGenerator<number, void> {
    try {
      for (let number = 1; number <= 3; number += 1) {
        seen.made = number;
        if (number === failsAt) throw new Error('broken off');
        yield number;
      }
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, numbers: numbers() };
}

it('the next is made while one is used, and all are given in their order', async () => {
  const { seen, numbers } = given();
  const used: (readonly [number, number])[] = [];
  for await (const number of ahead(numbers)) used.push([number, seen.made]);
  expect(used).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
});

it('what is used no further ends what it comes from', async () => {
  const { seen, numbers } = given();
  for await (const _number of ahead(numbers)) break;
  await new Promise(setImmediate);
  expect(seen).toEqual({ made: 2, isEnded: true });
});

it('a failure is that of whoever comes to it, and nobody’s before', async () => {
  const used: number[] = [];
  const all = (async () => {
    for await (const number of ahead(given(2).numbers)) {
      // The next has failed by now.
      await new Promise(setImmediate);
      used.push(number);
    }
  })();
  await expect(all).rejects.toThrow('broken off');
  expect(used).toEqual([1]);
  for await (const _number of ahead(given(2).numbers)) break;
});
