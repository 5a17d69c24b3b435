// The procedure of one's own history of uses: history.list.
import type { HistoryItem } from '@promptory/client';
import { byCursor } from '../../data/pages.ts';
import { trpc } from '../../data/promptory.ts';

export type { HistoryItem };

export const uses = () => trpc.history.list.infiniteQueryOptions({ limit: 50 }, { ...byCursor, staleTime: 0 });
