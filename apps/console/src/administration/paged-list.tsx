import type { ReactNode } from 'react';
import { Failure } from '../ui/failure.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { Empty, Loading } from '../ui/page.tsx';

interface PagedListProps<Item> {
  readonly of: Parameters<typeof MoreButton>[0]['of'] & {
    readonly error: unknown;
    readonly isPending: boolean;
    refetch(): Promise<unknown>;
  };
  readonly label: string;
  readonly items: readonly Item[];
  readonly waits: string;
  readonly none: { readonly title: string; readonly text: string };
  readonly more: string;
  children(item: Item): ReactNode;
}

/** A list of the administration, page by page: waiting, empty, refused, or there. */
export const PagedList = <Item extends { readonly id: string }>(props: PagedListProps<Item>) => {
  const { of: list, label, items, waits, none, more, children } = props;
  return (
    <section aria-label={label} aria-busy={list.isFetching}>
      {list.error !== null && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? (
        <Loading what={waits} />
      ) : items.length === 0 ? (
        list.error === null && (
          <Empty title={none.title}>
            <p>{none.text}</p>
          </Empty>
        )
      ) : (
        <ul aria-label={label} className="divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((item) => (
            <li key={item.id} className="px-4 py-3">
              {children(item)}
            </li>
          ))}
        </ul>
      )}
      <MoreButton of={list}>{more}</MoreButton>
    </section>
  );
};
