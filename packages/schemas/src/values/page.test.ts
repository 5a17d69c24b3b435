import { expect, it } from 'vitest';
import { z } from 'zod';
import { PageInput, pageOf } from './page.ts';

it('a page may hold as many items as may be asked for, and no more', () => {
  const takes = (count: number) => ({
    asked: PageInput.safeParse({ limit: count }).success,
    answered: pageOf(z.number()).safeParse({ items: Array(count).fill(1), nextCursor: null }).success,
  });
  expect(takes(100)).toEqual({ asked: true, answered: true });
  expect(takes(101)).toEqual({ asked: false, answered: false });
  expect(PageInput.parse({})).toEqual({ limit: 20 });
});
