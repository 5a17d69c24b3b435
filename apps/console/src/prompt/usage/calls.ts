// The procedures of how a prompt is used: prompts.usage, prompts.versionUses.
import type { RouterOutputs } from '@promptory/client';
import { queryOptions } from '@tanstack/react-query';
import { byCursor } from '../../data/pages.ts';
import { promptory, trpc } from '../../data/promptory.ts';

export type UsageRow = RouterOutputs['prompts']['usage']['items'][number];

/** Rows that are asked for: of more than these the chart says that it shows a part. */
const MOST = 2_000;

/** The uses of thirty days, by day, version and program. */
export const usageOf = (id: string) =>
  queryOptions({
    queryKey: trpc.prompts.usage.queryKey({ id }),
    queryFn: async () => {
      const items: UsageRow[] = [];
      for await (const row of promptory.$items(promptory.prompts.usage, { id })) {
        if (items.length === MOST) return { items, isWhole: false };
        items.push(row);
      }
      return { items, isWhole: true };
    },
  });

/** Who has used which version in 400 days, the last one first. */
export const usersOf = (id: string) => trpc.prompts.versionUses.infiniteQueryOptions({ id, limit: 50 }, byCursor);
