import { expect, expectTypeOf, it } from 'vitest';
import type { GroupEntry, ListedPrompt } from '../contract/contract.ts';
import type { Promptory } from '../create-promptory.ts';
import { itemsOf } from './items-of.ts';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const seen: Item[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

/** A list of `count` numbers that notes how it is asked. */
function numbers(count: number, field: 'items' | 'prompts' = 'items') {
  const asked: object[] = [];
  return {
    asked,
    async query(input: { limit?: number; cursor?: string; odd?: boolean }, options?: { signal?: AbortSignal }) {
      options?.signal?.throwIfAborted();
      asked.push(input);
      const start = Number(input.cursor ?? 0);
      const end = Math.min(count, start + (input.limit ?? 20));
      const page = Array.from({ length: end - start }, (_, index) => start + index);
      return { [field]: page, nextCursor: end < count ? String(end) : null } as {
        items: number[];
        nextCursor: string | null;
      };
    },
  };
}

it('gives the items of all pages in order, and asks for a page only when the one before is used up', async () => {
  const list = numbers(250);
  const seen: number[] = [];
  for await (const item of itemsOf(list, { odd: true })) {
    seen.push(item);
    if (seen.length === 100) expect(list.asked).toHaveLength(1);
  }
  expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => index));
  expect(list.asked).toEqual([
    { limit: 100, odd: true },
    { limit: 100, odd: true, cursor: '100' },
    { limit: 100, odd: true, cursor: '200' },
  ]);
});

it('keeps to the limit of its caller, and asks no more of who leaves the loop', async () => {
  const list = numbers(250);
  for await (const item of itemsOf(list, { limit: 7 })) if (item === 8) break;
  expect(list.asked).toEqual([{ limit: 7 }, { limit: 7, cursor: '7' }]);
});

it.each([0, 1, 100])('ends with a list of %i', async (count) => {
  const list = numbers(count);
  expect(await all(itemsOf(list))).toHaveLength(count);
  expect(list.asked).toHaveLength(1);
});

it('gives the prompts of a group, and ends by the signal of its caller', async () => {
  expect(await all(itemsOf(numbers(3, 'prompts')))).toEqual([0, 1, 2]);
  await expect(all(itemsOf(numbers(3), {}, { signal: AbortSignal.abort() }))).rejects.toThrow('abort');
});

it('types what the lists of the router have', () => {
  const typed = (promptory: Promptory) => {
    expectTypeOf(promptory.$items(promptory.prompts.list)).toEqualTypeOf<AsyncGenerator<ListedPrompt, void>>();
    expectTypeOf(promptory.$items(promptory.prompts.list, { q: 'x', limit: 5 })).toEqualTypeOf<
      AsyncGenerator<ListedPrompt, void>
    >();
    expectTypeOf(promptory.$items(promptory.groups.get, { id: 'x' })).toEqualTypeOf<AsyncGenerator<GroupEntry, void>>();
    // @ts-expect-error: which group?
    promptory.$items(promptory.groups.get);
    // @ts-expect-error: misspelt.
    promptory.$items(promptory.prompts.list, { query: 'x' });
    // @ts-expect-error: the cursor is looked after.
    promptory.$items(promptory.prompts.list, { cursor: 'x' });
    // @ts-expect-error: no list.
    promptory.$items(promptory.me.get);
  };
  expect(typed).toBeTypeOf('function');
});
