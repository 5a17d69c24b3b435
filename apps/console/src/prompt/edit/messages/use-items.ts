import { useEffect, useRef, useState } from 'react';
import { movedTo } from '../../../ui/arrange/moved-to.ts';
import { useArrange } from '../../../ui/arrange/use-arrange.ts';
import { toasts } from '../../../ui/toasts.ts';

interface ItemsProps<Item> {
  readonly items: readonly Item[];
  nameOf(item: Item, index: number): string;
  /** By what the list is then: what is taken back may be long ago. */
  change(next: (items: readonly Item[]) => readonly Item[]): void;
}

/** What an item is typed into. */
const FIELDS = '.cm-content, textarea, input';

/** The items of a list that is edited: put in order, added to its end, taken out, and put back. */
export function useItems<Item extends { readonly key: string }>({ items, nameOf, change }: ItemsProps<Item>) {
  const [added, setAdded] = useState<string | null>(null);
  const focused = useRef<string | null>(null);
  const named = (index: number): string => items.slice(index, index + 1).map((item) => nameOf(item, index))[0] ?? '';
  const arranged = useArrange({
    keys: items.map(({ key }) => key),
    nameOf: named,
    move: (from, to) => change((now) => movedTo(now, from, to)),
  });
  const { list } = arranged;
  // What is new is where one goes on.
  useEffect(() => {
    if (added === null || focused.current === added) return;
    focused.current = added;
    list.current?.querySelector(`[data-item="${added}"]`)?.querySelector<HTMLElement>(FIELDS)?.focus();
  }, [added, list]);
  return {
    arranged,
    add(item: Item) {
      change((now) => [...now, item]);
      setAdded(item.key);
    },
    edit: (key: string, next: (item: Item) => Item) =>
      change((now) => now.map((item) => (item.key === key ? next(item) : item))),
    remove(index: number) {
      const [removed] = items.slice(index, index + 1);
      if (removed === undefined) return;
      change((now) => now.filter(({ key }) => key !== removed.key));
      const undo = () => change((now) => withAt(now, removed, index));
      toasts.show({ text: `${named(index)} is removed`, act: { name: 'Undo', run: undo } });
    },
  };
}

/** A list with an item back at its place, unless it is there. */
const withAt = <Item extends { readonly key: string }>(
  items: readonly Item[],
  item: Item,
  index: number,
): readonly Item[] =>
  items.some(({ key }) => key === item.key) ? items : items.toSpliced(Math.min(index, items.length), 0, item);
