// The order of a group as a list of prompt ids. Whoever changes it holds the group's lock, computes the whole new list
// here and writes it with writeOrder(), so that positions are 0..n-1 after every change, whatever they were before.

/** `ids` with `id` put at `position`, or at the end where that is past it or not given. */
export function inserted(ids: readonly string[], id: string, position = ids.length): string[] {
  return ids.toSpliced(Math.min(position, ids.length), 0, id);
}

/** `ids` with `id` right before or after `anchor`. Both are in `ids`; next to itself it stays where it is. */
export function moved(ids: readonly string[], id: string, side: 'before' | 'after', anchor: string): string[] {
  if (id === anchor) return [...ids];
  const others = ids.filter((other) => other !== id);
  return others.toSpliced(others.indexOf(anchor) + (side === 'after' ? 1 : 0), 0, id);
}

export interface OrderDifference {
  readonly missing: string[];
  readonly unexpected: string[];
}

/** How `wanted` fails to name each of `known` just once, or null where it does not. */
export function orderDifference(known: ReadonlySet<string>, wanted: readonly string[]): OrderDifference | null {
  const named = new Set<string>();
  const unexpected: string[] = [];
  for (const id of wanted) {
    if (known.has(id) && !named.has(id)) named.add(id);
    else unexpected.push(id);
  }
  const missing = [...known].filter((id) => !named.has(id));
  return missing.length === 0 && unexpected.length === 0 ? null : { missing, unexpected };
}

/** `ids` with those in `visible` put into the order of `wanted`; the others keep their places among all. */
export function rearranged(ids: readonly string[], visible: ReadonlySet<string>, wanted: readonly string[]): string[] {
  const next = wanted.values();
  return ids.map((id) => (visible.has(id) ? (next.next().value ?? id) : id));
}
