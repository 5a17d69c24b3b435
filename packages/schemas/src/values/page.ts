import { z } from 'zod';

/** Where a list goes on: opaque, signed, good for the same caller, filter and sort only. */
export const Cursor = z.string().min(1).max(2048);

const After = Cursor.optional().describe(
  'Where to go on: the `nextCursor` of the page before. It is good for the same caller, filters and order only.',
);

export const Limit = z.int().min(1).max(100).describe('How many at most.');

/** What the infinite queries of the libraries around tRPC send along. */
const Direction = z.literal('forward').meta({ description: 'Lists go on and not back.' });

/** The inputs that every list takes. Without `limit`, 20 items. */
export const pageInput = { cursor: After, limit: Limit.default(20), direction: Direction.optional() };

export const PageInput = z.strictObject(pageInput);
export type PageInput = z.infer<typeof PageInput>;

/** `{ items, nextCursor }`: `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item).max(100), nextCursor: Cursor.nullable() });

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}
