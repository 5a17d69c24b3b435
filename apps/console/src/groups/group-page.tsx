import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useParams } from 'wouter';
import { Button } from '../ui/button.tsx';
import { Empty, Loading } from '../ui/page.tsx';
import { AddDialog } from './arrange/add-dialog.tsx';
import { OrderList } from './arrange/order-list.tsx';
import { WithGroup } from './with-group.tsx';

/** The prompts of a group, in its order. */
export function GroupPage() {
  const { id = '' } = useParams();
  const [isAdding, setAdding] = useState(false);
  return (
    <WithGroup id={id}>
      {(group, pages) => {
        const entries = pages.data?.pages.flatMap(({ prompts }) => prompts) ?? [];
        const canArrange = group.role !== 'viewer';
        return (
          <section aria-label="Prompts" className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-3">
            <AllPages hasMore={pages.hasNextPage && !pages.isFetching} more={() => void pages.fetchNextPage()} />
            {canArrange && (
              <div className="flex flex-wrap items-center justify-between gap-3">
                <p id="how-to-arrange" className="text-sm text-quiet">
                  {entries.length > 1 && 'Drag by the handles, or use the arrow keys on one.'}
                </p>
                <Button onClick={() => setAdding(true)}>
                  <Plus aria-hidden size={16} /> Add prompts
                </Button>
              </div>
            )}
            {entries.length === 0 ? (
              <Empty title="There are no prompts here yet">
                <p>{canArrange ? 'Add some of yours.' : 'Its owner and its editors add them.'}</p>
              </Empty>
            ) : (
              <OrderList id={id} entries={entries} canArrange={canArrange} />
            )}
            {pages.hasNextPage && <Loading what="Getting the others" />}
            {isAdding && <AddDialog group={group} entries={entries} close={() => setAdding(false)} />}
          </section>
        );
      }}
    </WithGroup>
  );
}

/** An order is of all that a group has. */
function AllPages({ hasMore, more }: { hasMore: boolean; more: () => void }) {
  useEffect(() => {
    if (hasMore) more();
  });
  return null;
}
