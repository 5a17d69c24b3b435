/** A list with one of its items at another place; the same where either place is none. */
export function movedTo<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const [item] = items.slice(from, from + 1);
  if (item === undefined || to < 0 || to >= items.length || from < 0) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** Which place a point is at, among rows that lie below one another: before the first is 0, below the last the last. */
export function placeAt(y: number, rows: readonly { readonly top: number; readonly bottom: number }[]): number {
  const below = rows.findIndex(({ bottom }) => y < bottom);
  return below < 0 ? rows.length - 1 : below;
}

/** Where a key takes an item; null where it is none of those that move. */
export function placeByKey(key: string, place: number, count: number): number | null {
  const to = new Map([
    ['ArrowUp', place - 1],
    ['ArrowDown', place + 1],
    ['Home', 0],
    ['End', count - 1],
  ]).get(key);
  return to === undefined ? null : Math.min(Math.max(to, 0), count - 1);
}
