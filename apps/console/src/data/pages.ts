/** Of a list that goes on behind a cursor: which page comes next. */
export const byCursor = {
  getNextPageParam: ({ nextCursor }: { readonly nextCursor: string | null }): string | null => nextCursor,
};

/** The items of all pages that are there. */
export const itemsOf = <Item>(
  data: { readonly pages: readonly { readonly items: readonly Item[] }[] } | undefined,
): readonly Item[] => data?.pages.flatMap(({ items }) => items) ?? [];
