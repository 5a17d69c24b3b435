import type { ComponentProps, ReactNode } from 'react';
import { Empty } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';

interface PagedListProps<Item> extends Pick<ComponentProps<typeof Paged>, 'of' | 'waits' | 'more'> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly none: { readonly title: string; readonly text: string };
  children(item: Item): ReactNode;
}

/** A list of the administration, page by page. */
export const PagedList = <Item extends { readonly id: string }>(props: PagedListProps<Item>) => {
  const { of: list, label, items, waits, none, more, children } = props;
  const empty = (
    <Empty title={none.title}>
      <p>{none.text}</p>
    </Empty>
  );
  return (
    <section aria-label={label} aria-busy={list.isFetching}>
      <Paged of={list} waits={waits} isEmpty={items.length === 0} none={empty} more={more}>
        <ul aria-label={label} className="divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((item) => (
            <li key={item.id} className="px-4 py-3">
              {children(item)}
            </li>
          ))}
        </ul>
      </Paged>
    </section>
  );
};
