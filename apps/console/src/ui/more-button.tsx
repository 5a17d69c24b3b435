import { Button } from './button.tsx';

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
