import { type AccountResources, roomOf } from '../../../domain/quotas/account-resources.ts';
import { quotaExceeded } from '../../../domain/quotas/quota-limits.ts';
import type { Step } from './import-plan.ts';

const counted = ['prompts', 'versions', 'storedBytes'] as const;

/** What the account has left of each, to be taken from. */
export type Room = Record<(typeof counted)[number], { readonly limit: number; left: number }>;

/** What an account may still add. */
export function roomLeft({ used, quotas }: AccountResources): Room {
  const of = (quota: (typeof counted)[number]) => ({ limit: quotas[quota], left: quotas[quota] - used[quota] });
  return { prompts: of('prompts'), versions: of('versions'), storedBytes: of('storedBytes') };
}

/** The steps, of which those that fit no more fail, each with the reason; those that follow may fit. Takes from the room. */
export function whatFits(steps: readonly Step[], room: Room): Step[] {
  return steps.map((step) => {
    const wanted = wantedBy(step);
    if (wanted === null) return step;
    const short = counted.find((quota) => wanted[quota] > room[quota].left);
    if (short !== undefined) {
      const { limit, left } = room[short];
      return { row: step.row, outcome: 'failed', reason: quotaExceeded(short, { limit, used: limit - left }).message };
    }
    for (const quota of counted) room[quota].left -= wanted[quota];
    return step;
  });
}

function wantedBy(step: Step): Record<(typeof counted)[number], number> | null {
  if (step.outcome === 'created') return roomOf(step.prompt);
  if (step.outcome === 'updated' && step.content !== null) return { ...roomOf(step.content), prompts: 0 };
  return null;
}
