import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkedAlone, RefusedItem } from './each.ts';

it('a list whose items are checked one by one says all that is wrong with each, and takes the others', () => {
  const item = z.strictObject({ a: z.string(), b: z.number() });
  const read = z.array(checkedAlone(item)).parse([{ a: 1, b: 'x' }, { a: 'x', b: 1 }, { a: 'x' }]);
  expect(read.map((one) => (one instanceof RefusedItem ? one.faults.map(({ path }) => path) : one))).toEqual([
    [['a'], ['b']],
    { a: 'x', b: 1 },
    [['b']],
  ]);
});
