import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Failure } from './failure.tsx';
import { Loading } from './page.tsx';

interface MoreButtonProps {
  readonly of: { readonly hasNextPage: boolean; readonly isFetching: boolean; fetchNextPage(): Promise<unknown> };
  readonly className?: string;
  readonly children: string;
}

/** Gets the next page of a list, while there is one. */
export const MoreButton = ({ of, className = 'mt-3', children }: MoreButtonProps) =>
  of.hasNextPage && (
    <Button className={className} disabled={of.isFetching} onClick={() => void of.fetchNextPage()}>
      {children}
    </Button>
  );

interface PagedProps {
  readonly of: MoreButtonProps['of'] & {
    readonly error: unknown;
    readonly isPending: boolean;
    refetch(): Promise<unknown>;
  };
  /** What is said while nothing is there yet. */
  readonly waits: string;
  readonly isEmpty: boolean;
  /** In place of a list that has nothing. */
  readonly none: ReactNode;
  readonly more: string;
  /** The list. */
  readonly children: ReactNode;
}

/** A list that comes page by page: refused, waited for, empty, or there. */
export const Paged = ({ of: list, waits, isEmpty, none, more, children }: PagedProps) => (
  <>
    {list.error !== null && <Failure error={list.error} retry={() => void list.refetch()} />}
    {list.isPending ? <Loading what={waits} /> : isEmpty ? list.error === null && none : children}
    <MoreButton of={list}>{more}</MoreButton>
  </>
);
