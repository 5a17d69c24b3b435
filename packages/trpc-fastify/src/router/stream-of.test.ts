import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { streamOf } from './stream-of.ts';

const Item = z.object({ n: z.int().transform((n) => n * 2) });

function source(values: unknown[]) {
  const state = { returned: 0 };
  const items: AsyncIterable<unknown> = {
    async *[Symbol.asyncIterator]() {
      try {
        yield* values;
      } finally {
        state.returned++;
      }
    },
  };
  return { items, state };
}

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('streamOf', () => {
  it('validates and transforms each item as it is read', async () => {
    const { items } = source([{ n: 1, extra: true }, { n: 2 }]);
    expect(await collect(streamOf(Item).parse(items))).toEqual([{ n: 2 }, { n: 4 }]);
  });

  it('ends the source and throws an internal error at an item that does not fit', async () => {
    const { items, state } = source([{ n: 1 }, { n: 'x' }, { n: 3 }]);
    const reading = collect(streamOf(Item).parse(items));
    await expect(reading).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed' });
    await expect(reading).rejects.toBeInstanceOf(TRPCError);
    expect(state.returned).toBe(1);
  });

  it('ends the source when its reader stops', async () => {
    const { items, state } = source([{ n: 1 }, { n: 2 }]);
    for await (const item of streamOf(Item).parse(items)) {
      expect(item).toEqual({ n: 2 });
      break;
    }
    expect(state.returned).toBe(1);
  });

  it.each([[[1, 2]], [{}], [null], ['text']])('refuses %j, which is no stream', (value) => {
    expect(streamOf(Item).safeParse(value).success).toBe(false);
  });

  it('can be part of a JSON Schema, in both directions', () => {
    expect(z.toJSONSchema(streamOf(Item), { io: 'input' })).not.toHaveProperty('type');
    expect(z.toJSONSchema(streamOf(Item), { io: 'output' })).not.toHaveProperty('type');
  });
});
