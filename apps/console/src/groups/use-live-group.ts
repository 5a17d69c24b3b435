// The procedure by which a page of a group hears of what others do: groups.watch.
import { useEffect, useRef } from 'react';
import { promptory, queryClient } from '../data/promptory.ts';
import { useSeen } from '../data/seen.ts';
import { changed } from './calls.ts';

/** While a group is open, what others add, take out, arrange and share appears. */
export function useLiveGroup(id: string): void {
  const isSeen = useSeen();
  const known = useRef<string | null>(null);
  useEffect(() => {
    if (!isSeen) return;
    const stream = promptory.groups.watch.subscribe(
      { id },
      {
        onData: ({ data }) => {
          if (data.type === 'reset') return;
          const state = JSON.stringify(data);
          const isOther = known.current !== null && known.current !== state;
          known.current = state;
          // What somebody arranges here is asked for once all of it is done.
          if (isOther && queryClient.isMutating({ mutationKey: ['reorder', id] }) === 0) void changed();
        },
      },
    );
    return () => stream.unsubscribe();
  }, [id, isSeen]);
}
