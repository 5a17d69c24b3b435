/** The items of all pages that are there. */
export const itemsOf = <Item>(
  data: { readonly pages: readonly { readonly items: readonly Item[] }[] } | undefined,
): readonly Item[] => data?.pages.flatMap(({ items }) => items) ?? [];
