/** As many as the server gives at once. */
const PAGE = 100;

interface List<Input, Item> {
  query(input: Input & { limit: number; cursor?: string }): Promise<{ items: Item[]; nextCursor: string | null }>;
}

/** The first items of a list, and where it goes on; null where that was all. */
export async function firstOf<Input extends object, Item>(
  list: List<Input, Item>,
  input: Input & { cursor?: string | undefined },
  count: number,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const items: Item[] = [];
  let { cursor, ...rest } = input;
  for (;;) {
    const limit = Math.min(PAGE, count - items.length);
    const page = await list.query({
      ...(rest as unknown as Input),
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    if (page.nextCursor === null || items.length >= count) return { items, nextCursor: page.nextCursor };
    cursor = page.nextCursor;
  }
}
