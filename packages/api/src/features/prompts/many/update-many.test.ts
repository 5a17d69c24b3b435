import { RefusedItem } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { inLockOrder } from './update-many.ts';

it('takes owners in one order whatever stands between them, and the prompts of one in theirs', () => {
  const owners = { ann: 'a', bob: 'b', own: 'a' };
  const editable = new Map(Object.entries(owners).map(([id, userId]) => [id, { userId }]));
  const refused = new RefusedItem([]);
  const prompts = [{ id: 'bob' }, { id: 'gone' }, { id: 'ann' }, refused, { id: 'own' }];
  const order = inLockOrder({ prompts } as never, editable).map(([index]) => index);
  // Those that lock nothing come first.
  expect(order).toEqual([1, 3, 2, 4, 0]);
});
