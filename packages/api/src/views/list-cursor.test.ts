import { InvalidCursorError } from '@promptory/db';
import { expect, it } from 'vitest';
import type { Who } from '../context.ts';
import { listCursor } from './list-cursor.ts';

const alice: Who = { userId: 'alice', isAdmin: false, groupId: null };
const serverKey = Buffer.alloc(32, 7);
const filter = { tag: ['a', 'b'], q: undefined, sort: 'updated', limit: 20 };

const after = (who: Who, list: string, input: object & { cursor: string; limit: number }) =>
  listCursor({ serverKey, who }, list, input).after;

it('is bound to the meaning of caller, filter and sort, not to the order in which they were written', () => {
  const cursor = listCursor({ serverKey, who: alice }, 'prompts', filter).cursorOf(['x', 1]);
  expect(after(alice, 'prompts', { ...filter, cursor })).toEqual(['x', 1]);
  const reordered = { cursor, limit: 5, direction: 'forward', sort: 'updated', tag: ['a', 'b'] };
  expect(after(alice, 'prompts', reordered)).toEqual(['x', 1]);
  for (const [who, list, input] of [
    [{ ...alice, userId: 'bob' }, 'prompts', filter],
    [{ ...alice, groupId: 'group' }, 'prompts', filter],
    [alice, 'groups', filter],
    [alice, 'prompts', { ...filter, tag: ['b', 'a'] }],
    [alice, 'prompts', { ...filter, sort: 'title' }],
    [alice, 'prompts', { limit: 20 }],
  ] as const) {
    expect(() => after(who, list, { ...input, cursor })).toThrow(InvalidCursorError);
  }
});
